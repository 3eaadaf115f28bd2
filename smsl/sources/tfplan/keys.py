"""KMS keys, their aliases, policies and grants.

Source: https://github.com/hashicorp/terraform-provider-aws/blob/main/website/docs/r/kms_key.html.markdown
"""

from __future__ import annotations

from collections.abc import Iterator

from smsl.model.arn import parse_arn
from smsl.model.policy import Grant
from smsl.model.standin import drawn, plain
from smsl.model.unknown import Unknown
from smsl.sources.declared.pieces import GrantPiece, KeyAliasPiece, KeyPiece, KeyPolicyPiece, Piece
from smsl.sources.tfplan.body import Body
from smsl.sources.tfplan.policies import written_policy


def key(body: Body) -> Iterator[Piece]:
    """Yield an ``aws_kms_key``."""
    yield from _key(body, "Disabled" if body.flag("is_enabled", default=True) is False else "Enabled")


def external_key(body: Body) -> Iterator[Piece]:
    """Yield an ``aws_kms_external_key``: without key material it cannot be used yet."""
    state = body.text("key_state")
    if not state or not state.isalpha():
        material = body.given("key_material_base64") or body.is_unknown("key_material_base64")
        state = "Enabled" if material else "PendingImport"
        if material and body.flag("enabled", default=True) is False:
            state = "Disabled"
    yield from _key(body, state)


def replica_key(body: Body) -> Iterator[Piece]:
    """Yield an ``aws_kms_replica_key``."""
    yield from _key(body, "Disabled" if body.flag("enabled", default=True) is False else "Enabled")


def _key(body: Body, state: str) -> Iterator[Piece]:
    arn = body.required("arn", "arn")
    id_ = body.required("key_id")
    parsed = parse_arn(arn)
    found = written_policy(body, "policy", f"key policy of {id_}") if body.given("policy") else None
    yield KeyPiece(
        origin=body.origin,
        arn=arn,
        id=id_,
        account=parsed.account if parsed else body.account,
        region=parsed.region if parsed else body.region,
        state=state,
        policy=None if found is None else found.policy,
        statements=() if found is None else found.statements,
    )


def policy(body: Body) -> Iterator[Piece]:
    """Yield an ``aws_kms_key_policy``."""
    named = body.required("key_id", "id")
    found = written_policy(body, "policy", f"key policy of {named.rsplit('/', 1)[-1]}")
    yield KeyPolicyPiece(body.origin, named, found.policy, found.statements)


def alias(body: Body) -> Iterator[Piece]:
    """Yield an ``aws_kms_alias``."""
    yield KeyAliasPiece(
        body.origin, body.required("name", "name"), body.required("arn", "arn"), body.required("target_key_id", "id")
    )


def grant(body: Body) -> Iterator[Piece]:
    """Yield an ``aws_kms_grant``."""
    operations = body.settled_texts("operations")
    constraints = body.blocks("constraints")
    equals: tuple[tuple[str, str], ...] | None = None
    subset: tuple[tuple[str, str], ...] | None = None
    for each in () if isinstance(constraints, Unknown) else constraints:
        equals = _pairs(each, "encryption_context_equals")
        subset = _pairs(each, "encryption_context_subset")
    known = body.values.get("grant_id")
    id_ = plain(known) if isinstance(known, str) else drawn(body.resource.address)
    yield GrantPiece(
        body.origin,
        body.required("key_id", "id"),
        Grant(id_, body.required("grantee_principal", "arn"), operations, equals, subset),
    )


def _pairs(block: Body, name: str) -> tuple[tuple[str, str], ...] | None:
    found = block.texts_by_name(name)
    if isinstance(found, Unknown) or not found:
        return None
    return tuple(sorted((key, value) for key, value in found.items() if isinstance(value, str)))

"""Roles and their policies, in all the ways in which the provider lets them be written.

Source: https://github.com/hashicorp/terraform-provider-aws/blob/main/website/docs/r/iam_role.html.markdown
"""

from __future__ import annotations

from collections.abc import Iterator

from smsl.model.arn import parse_arn
from smsl.model.unknown import Unknown
from smsl.sources.declared.pieces import AttachedPiece, ExclusivePiece, InlinePiece, ManagedPiece, Piece, RolePiece
from smsl.sources.tfplan.body import Body
from smsl.sources.tfplan.identity import name_of
from smsl.sources.tfplan.policies import written_policy
from smsl.sources.tfplan.tags import tags


def role(body: Body) -> Iterator[Piece]:
    """Yield an ``aws_iam_role`` with the policies that are written inside it."""
    arn, name = body.required("arn", "arn"), name_of(body)
    parsed = parse_arn(arn)
    yield RolePiece(
        origin=body.origin,
        arn=arn,
        name=name,
        account=parsed.account if parsed else body.account,
        trust=written_policy(body, "assume_role_policy", "trust policy").policy,
        boundary=body.text("permissions_boundary", "arn") or None,
        tags=tags(body),
    )
    yield from _inline(body, name)
    yield from _managed(body, name)


def _inline(body: Body, role: str) -> Iterator[Piece]:
    blocks = body.blocks("inline_policy", computed=True)
    if body.written.get("inline_policy"):
        yield ExclusivePiece(body.origin, role, "inline")
    if isinstance(blocks, Unknown):
        yield InlinePiece(body.origin, role, Unknown(f"the inline policies of role {role}: {blocks.reason}"))
        return
    for each in blocks:
        name = each.text("name", "name")
        if name and ("inline", role, name) not in body.reading.apart:
            found = written_policy(each, "policy", f'{role}, inline "{name}"')
            yield InlinePiece(body.at("inline_policy"), role, found.policy, found.statements)


def _managed(body: Body, role: str) -> Iterator[Piece]:
    if not body.given("managed_policy_arns") and body.values.get("managed_policy_arns") != []:
        return
    arns = body.texts("managed_policy_arns", "arn")
    if body.written.get("managed_policy_arns"):
        yield ExclusivePiece(body.origin, role, "attached")
    if isinstance(arns, Unknown):
        yield InlinePiece(body.origin, role, Unknown(f"the attached policies of role {role}: {arns.reason}"))
        return
    for arn in arns:
        if ("attached", role, arn) not in body.reading.apart:
            yield AttachedPiece(body.at("managed_policy_arns"), role, arn)


def inline(body: Body) -> Iterator[Piece]:
    """Yield an ``aws_iam_role_policy``."""
    role, name = body.required("role", "name"), name_of(body)
    found = written_policy(body, "policy", f'{role}, inline "{name}"')
    yield InlinePiece(body.origin, role, found.policy, found.statements)


def attachment(body: Body) -> Iterator[Piece]:
    """Yield an ``aws_iam_role_policy_attachment``."""
    yield AttachedPiece(body.origin, body.required("role", "name"), body.required("policy_arn", "arn"))


def managed(body: Body) -> Iterator[Piece]:
    """Yield an ``aws_iam_policy``."""
    found = written_policy(body, "policy", f"managed {name_of(body)}")
    yield ManagedPiece(body.origin, body.required("arn", "arn"), found.policy, found.statements)


def attachments(body: Body) -> Iterator[Piece]:
    """Yield an ``aws_iam_policy_attachment``, which attaches one policy to many."""
    arn = body.required("policy_arn", "arn")
    for each in body.settled_texts("roles", "name"):
        yield AttachedPiece(body.origin, each, arn)


def only_inline(body: Body) -> Iterator[Piece]:
    """Yield an ``aws_iam_role_policies_exclusive``."""
    yield ExclusivePiece(body.origin, body.required("role_name", "name"), "inline")


def only_attached(body: Body) -> Iterator[Piece]:
    """Yield an ``aws_iam_role_policy_attachments_exclusive``, which attaches what it lists."""
    role = body.required("role_name", "name")
    yield ExclusivePiece(body.origin, role, "attached")
    for each in body.settled_texts("policy_arns", "arn"):
        yield AttachedPiece(body.origin, role, each)

"""KMS's types: keys, replicas and aliases.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_KMS.html
"""

from __future__ import annotations

from collections.abc import Iterator

from smsl.model.unknown import Unknown
from smsl.sources.cfn.arns import alias_name, arn, key_arn, key_id
from smsl.sources.cfn.policies import read_policy
from smsl.sources.cfn.stack import Resource
from smsl.sources.cfn.values import as_flag, as_text
from smsl.sources.declared.pieces import KeyAliasPiece, KeyPiece, Piece


def key(resource: Resource) -> Iterator[Piece]:
    """Yield a key, or the replica of one in another region."""
    place = resource.stack.place
    document = resource.get("KeyPolicy")
    found = read_policy(resource, "KeyPolicy", f"key policy of {key_id(resource)}", document)
    yield KeyPiece(
        origin=resource.origin,
        arn=key_arn(resource),
        id=key_id(resource),
        account=place.account,
        region=place.region,
        state=_state(resource),
        policy=None if document is None else found.policy,
        statements=found.statements,
    )


def _state(resource: Resource) -> str:
    """Return the state in which a key is made; material that is imported comes after it.

    Source: https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html
    """
    if resource.get("Origin") == "EXTERNAL":
        return "PendingImport"
    enabled = as_flag(resource.get("Enabled"), "Enabled", default=True)
    if isinstance(enabled, Unknown):
        resource.note(f"whether the key is enabled is not known: {enabled.reason}", ".Properties.Enabled")
    return "Disabled" if enabled is False else "Enabled"


def alias(resource: Resource) -> Iterator[Piece]:
    """Yield another name of a key."""
    name = alias_name(resource)
    yield KeyAliasPiece(
        resource.origin, name, arn(resource, "kms", name), as_text(resource.get("TargetKeyId"), "TargetKeyId")
    )

"""The tables that ship with smsl, each with the date of the page it was copied from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from smsl.model.arn import parse_arn
from smsl.model.policy import Policy, parse_policy
from smsl.model.standin import is_unsettled
from smsl.model.unknown import Maybe, Unknown

_ARCHITECTURES = {
    "AWS-Parameters-and-Secrets-Lambda-Extension": "x86_64",
    "AWS-Parameters-and-Secrets-Lambda-Extension-Arm64": "arm64",
}
_LAYER_PARTS = 3
NOT_SETTLED = 2**31
"""Stands for the version of a layer that deployment tells: none is behind it."""
_DATA = Path(__file__).with_name("data")
_DOMAIN = "amazonaws.com"
_OF_DOMAIN = ("aws", "aws-us-gov")
"""The partitions whose services have that domain in their names."""


@dataclass(frozen=True, slots=True)
class ExtensionLayer:
    """What the ARN of an AWS Parameters and Secrets Lambda Extension layer says."""

    region: str
    architecture: str
    """``x86_64`` or ``arm64``."""
    version: int
    """`NOT_SETTLED` where only deployment tells it."""
    account: str
    known: bool
    """True when the account is the one that AWS publishes the layer from in that region; False for a copy."""


@dataclass(frozen=True, slots=True)
class ExtensionTable:
    """The documented layers of the AWS Parameters and Secrets Lambda Extension.

    Versions appear every few days: the public parameters
    ``/aws/service/aws-parameters-and-secrets-lambda-extension/{x86|arm64}/latest`` are newer than any table.

    Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/ps-integration-lambda-extensions.html
    """

    date: str
    """When AWS last changed the page: ``YYYY-MM-DD``."""
    source_url: str
    accounts: Mapping[str, str]
    """Region to the account that publishes the layer there."""
    layers: Mapping[tuple[str, str], str]
    """(region, architecture) to the layer version's ARN."""

    def latest(self, region: str, architecture: str) -> str | None:
        """Return the ARN of the newest layer in the table, or None where the page names none."""
        return self.layers.get((region, architecture))

    def is_extension(self, layer_arn: str) -> ExtensionLayer | None:
        """Return what a layer version's ARN says, or None for any other layer.

        A copy of the layer that somebody publishes under its name counts, with `known` False.
        """
        arn = parse_arn(layer_arn)
        if arn is None or arn.service != "lambda":
            return None
        parts = arn.resource.split(":")
        if len(parts) != _LAYER_PARTS or parts[0] != "layer":
            return None
        numbered = parts[2].isascii() and parts[2].isdigit()
        if not numbered and not is_unsettled(parts[2]):
            return None
        architecture = _ARCHITECTURES.get(parts[1])
        if architecture is None:
            return None
        known = self.accounts.get(arn.region) == arn.account
        return ExtensionLayer(arn.region, architecture, int(parts[2]) if numbered else NOT_SETTLED, arn.account, known)


@cache
def extension_layers() -> ExtensionTable:
    """Return the shipped table of extension layers; it is read once."""
    table = _shipped("extension_layers.json")
    regions = table["regions"]
    return ExtensionTable(
        date=table["date"],
        source_url=table["source_url"],
        accounts={region: row["account"] for region, row in regions.items()},
        layers={
            (region, architecture): row[architecture]
            for region, row in regions.items()
            for architecture in ("x86_64", "arm64")
            if row[architecture] is not None
        },
    )


@dataclass(frozen=True, slots=True)
class ManagedPolicyTable:
    """The default versions of the AWS managed policies that functions' roles have attached.

    A policy is there whole, or with the statements and actions that bear on the table's services only: what it allows
    or denies of these services is what AWS's document says, of any other service nothing can be told from it. A
    statement keeps its place in the document. AWS changes some policy every day.

    Source: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
    """

    date: str
    """Of the newest change of a policy in the copy: ``YYYY-MM-DD``."""
    source_url: str
    services: tuple[str, ...]
    """Prefixes of the actions that all policies are complete for: ``kms``."""
    whole: tuple[str, ...]
    """Patterns of the names of policies that are complete for every service."""
    rows: Mapping[str, Any]
    """Path and name (``service-role/AWSLambdaRole``) to pairs of a statement's place and the statement."""
    _paths: Mapping[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_paths", {path.rpartition("/")[2]: path for path in self.rows})

    def arn_of(self, name: str, partition: str = "aws") -> str | None:
        """Return the ARN of a policy by its name alone, as SAM takes it, or None where the table does not have it."""
        path = self._paths.get(name)
        return None if path is None else f"arn:{partition}:iam::aws:policy/{path}"

    def policy(self, arn: str) -> Maybe[Policy]:
        """Return the policy of an ARN, or Unknown, which names the policy, where the table does not have it.

        The documents are those of the partition ``aws``. In another one IAM takes only ARNs of that partition, so these
        are changed; a document with the domain of services in it (``kms:ViaService``) is not known where that differs.

        Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html
        """
        parsed = parse_arn(arn)
        if parsed is None:
            return Unknown("a managed policy is attached by a text that is no ARN")
        kind, _, name = parsed.resource.partition("/")
        shown = name.rpartition("/")[2]
        if (parsed.service, parsed.account, kind) != ("iam", "aws", "policy"):
            return Unknown(f"managed policy {shown} is none of AWS's", ("iam:GetPolicyVersion",))
        if name not in self.rows:
            return Unknown(f"managed policy {shown} is not in the table of {self.date}", ("iam:GetPolicyVersion",))
        text = json.dumps(self.rows[name])
        if parsed.partition not in _OF_DOMAIN and _DOMAIN in text:
            why = f"what managed policy {shown} says in partition {parsed.partition} is not in the table of {self.date}"
            return Unknown(why, ("iam:GetPolicyVersion",))
        rows = json.loads(text.replace("arn:aws:", f"arn:{parsed.partition}:"))
        document = {"Version": "2012-10-17", "Statement": [statement for _, statement in rows]}
        read = parse_policy(f"managed {shown}", document)
        placed = zip(rows, read.statements, strict=True)
        return replace(read, statements=tuple(replace(statement, index=row[0]) for row, statement in placed))


@cache
def managed_policies() -> ManagedPolicyTable:
    """Return the shipped table of AWS managed policies; it is read once."""
    table = _shipped("managed_policies.json")
    return ManagedPolicyTable(
        date=table["date"],
        source_url=table["source_url"],
        services=tuple(table["services"]),
        whole=tuple(table["whole"]),
        rows=table["policies"],
    )


@cache
def managed_policy(arn: str) -> Maybe[Policy]:
    """Return the AWS managed policy of an ARN, or Unknown, which names it; one that many roles have is one object."""
    return managed_policies().policy(arn)


def _shipped(name: str) -> Any:
    return json.loads((_DATA / name).read_text(encoding="utf-8"))

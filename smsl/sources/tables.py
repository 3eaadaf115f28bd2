"""The tables that ship with smsl, each with the date of the page it was copied from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from smsl.model.arn import parse_arn

_ARCHITECTURES = {
    "AWS-Parameters-and-Secrets-Lambda-Extension": "x86_64",
    "AWS-Parameters-and-Secrets-Lambda-Extension-Arm64": "arm64",
}
_LAYER_PARTS = 3


@dataclass(frozen=True, slots=True)
class ExtensionLayer:
    """What the ARN of an AWS Parameters and Secrets Lambda Extension layer says."""

    region: str
    architecture: str
    """``x86_64`` or ``arm64``."""
    version: int
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
        if len(parts) != _LAYER_PARTS or parts[0] != "layer" or not parts[2].isascii() or not parts[2].isdigit():
            return None
        architecture = _ARCHITECTURES.get(parts[1])
        if architecture is None:
            return None
        known = self.accounts.get(arn.region) == arn.account
        return ExtensionLayer(arn.region, architecture, int(parts[2]), arn.account, known)


@cache
def extension_layers() -> ExtensionTable:
    """Return the shipped table of extension layers; it is read once."""
    text = files("smsl.sources").joinpath("data", "extension_layers.json").read_text(encoding="utf-8")
    table = json.loads(text)
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

"""The cloud assembly that the AWS CDK writes: which templates it has, and where each stack goes.

Source: https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.cloud_assembly_schema.ArtifactManifest.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from smsl.model.errors import InputError

_ENVIRONMENT = re.compile(r"aws://(\d{12}|unknown-account)/([a-z0-9-]+)")
_NESTED = ("cdk:cloud-assembly", "cdk:cloud-assembly-reference")


@dataclass(frozen=True, slots=True)
class AssemblyStack:
    """A stack of a cloud assembly."""

    template: str
    """The file, as it is named from the manifest's directory."""
    name: str
    account: str | None
    """None where the CDK left it open."""
    region: str | None


def stacks_of(manifest: str) -> tuple[AssemblyStack, ...]:
    """Return the stacks that a ``manifest.json`` names.

    Raises:
        InputError: It is not a cloud assembly's manifest.
    """
    return tuple(_stacks(_artifacts(manifest)))


def nested_of(manifest: str) -> tuple[str, ...]:
    """Return the directories of the assemblies inside this one, which stages make; each has a manifest of its own.

    Raises:
        InputError: It is not a cloud assembly's manifest.
    """
    found = (
        _properties(artifact).get("directoryName")
        for artifact in _artifacts(manifest).values()
        if isinstance(artifact, Mapping) and artifact.get("type") in _NESTED
    )
    return tuple(name for name in found if isinstance(name, str))


def _artifacts(manifest: str) -> Mapping[str, object]:
    try:
        document = json.loads(manifest)
    except (ValueError, RecursionError):  # the decoder's message may quote the text
        raise InputError("The manifest of the cloud assembly is not JSON.") from None
    artifacts = document.get("artifacts", {}) if isinstance(document, dict) and "version" in document else None
    if not isinstance(artifacts, dict):
        raise InputError("The manifest is none of a cloud assembly: it has no version or no artifacts.")
    return artifacts


def _stacks(artifacts: Mapping[str, object]) -> Iterator[AssemblyStack]:
    for identifier, artifact in artifacts.items():
        if not isinstance(artifact, Mapping) or artifact.get("type") != "aws:cloudformation:stack":
            continue
        properties = _properties(artifact)
        template, name = properties.get("templateFile"), properties.get("stackName")
        if not isinstance(template, str):
            raise InputError("A stack of the cloud assembly names no template.")
        found = _ENVIRONMENT.fullmatch(str(artifact.get("environment", "")))
        account = found[1] if found and found[1].isdigit() else None
        region = found[2] if found and found[2] != "unknown-region" else None
        yield AssemblyStack(template, name if isinstance(name, str) else identifier, account, region)


def _properties(artifact: Mapping[str, object]) -> Mapping[str, object]:
    properties = artifact.get("properties")
    return properties if isinstance(properties, Mapping) else {}

"""The plans and templates of a directory."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from smsl.model.errors import InputError, SmslError

_SKIPPED = frozenset({".git", ".terraform", "node_modules", ".venv", "venv", "__pycache__", ".aws-sam", ".hg", ".tox"})
"""Directories with other people's files, or copies of what stands elsewhere in the tree."""
_ENDINGS = (".yaml", ".yml", ".json", ".template")
_MOST = 8 * 2**20
_MOST_PLAN = 256 * 2**20
_HEAD = 4096


@dataclass(frozen=True, slots=True)
class Found:
    """The files of one infrastructure."""

    plans: tuple[Path, ...] = ()
    templates: tuple[Path, ...] = ()
    manifest: Path | None = None
    """Of AWS CDK's output, where the templates come from there."""


def found_in(directory: Path) -> list[Found]:
    """Return what a directory holds: each plan, each output of AWS CDK, and all other templates together.

    Raises:
        SmslError: It is no directory, or holds none.
    """
    if not directory.is_dir():
        raise SmslError(f"{directory} is no directory.", "Check --from.")
    manifests, plans, templates = [], [], []
    for path in _files(directory):
        if path.name == "manifest.json" and _is_cdk(path):
            manifests.append(path)
        elif any(path.is_relative_to(each.parent) for each in manifests):
            continue
        elif _is_plan(path):
            plans.append(path)
        elif _is_template(path):
            templates.append(path)
    groups = [Found(templates=_of_manifest(each), manifest=each) for each in manifests]
    groups += [Found(plans=(each,)) for each in plans]
    groups += [Found(templates=tuple(templates))] if templates else []
    if not groups:
        raise SmslError(f"{directory} holds no plan and no template.", "A gate that matches nothing guards nothing.")
    return groups


def _files(directory: Path) -> Iterator[Path]:
    for root, directories, names in os.walk(directory):
        directories[:] = sorted(each for each in directories if each not in _SKIPPED)
        ordered = sorted(names, key=lambda name: (name != "manifest.json", name))
        yield from (Path(root, name) for name in ordered if name.endswith(_ENDINGS))


def _is_cdk(path: Path) -> bool:
    try:
        manifest = json.loads(path.read_bytes()[:_MOST])
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(manifest, dict) and isinstance(manifest.get("artifacts"), dict)


def _of_manifest(path: Path) -> tuple[Path, ...]:
    """Return the templates that a manifest of AWS CDK names, its nested assemblies' included."""
    try:
        artifacts = json.loads(path.read_bytes()).get("artifacts", {})
    except (OSError, ValueError, RecursionError, AttributeError):
        raise InputError(f"{path}: is not a manifest of AWS CDK.") from None
    found: list[Path] = []
    for artifact in artifacts.values() if isinstance(artifacts, dict) else ():
        kind = artifact.get("type") if isinstance(artifact, dict) else None
        properties = artifact.get("properties") if isinstance(artifact, dict) else None
        if not isinstance(properties, dict):
            continue
        file, inner = properties.get("templateFile"), properties.get("directoryName")
        if kind == "aws:cloudformation:stack" and isinstance(file, str):
            found.append(path.parent / file)
        elif kind == "cdk:cloud-assembly" and isinstance(inner, str) and (path.parent / inner).is_dir():
            found += _of_manifest(path.parent / inner / "manifest.json")
    return tuple(found)


def _is_plan(path: Path) -> bool:
    """Tell a plan or a state as ``terraform show -json`` writes it, by its beginning and its end."""
    if not path.name.endswith(".json"):
        return False
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(_HEAD)
            file.seek(max(0, size - _HEAD))
            ends = head + file.read(_HEAD)
    except OSError:
        return False
    known = (b'"planned_values"', b'"resource_changes"', b'"terraform_version"')
    return size <= _MOST_PLAN and b'"format_version"' in ends and any(each in ends for each in known)


def _is_template(path: Path) -> bool:
    from smsl.sources.cfn.sniff import looks_like_template

    try:
        if path.stat().st_size > _MOST:
            return False
        return looks_like_template(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError):
        return False

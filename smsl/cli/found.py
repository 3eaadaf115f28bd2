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
_NO_STACKS = '{"version": "0", "artifacts": {}}'


@dataclass(frozen=True, slots=True)
class Stack:
    """A template, and what a cloud assembly says of the stack that is made of it."""

    path: Path
    name: str | None = None
    account: str | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The files of one infrastructure: they are deployed together, and may refer to one another."""

    plans: tuple[Path, ...] = ()
    templates: tuple[Stack, ...] = ()


def found_in(directory: Path) -> list[Found]:
    """Return what a directory holds: each plan, each output of AWS CDK, and all other templates together.

    Raises:
        SmslError: It is no directory, or holds none.
    """
    if not directory.is_dir():
        raise SmslError(f"{directory} is no directory.", "Check --from.")
    manifests: list[Path] = []
    plans: list[Path] = []
    templates: list[Path] = []
    for path in _files(directory):
        if any(path.is_relative_to(each.parent) for each in manifests):
            continue
        if path.name == "manifest.json" and _is_cdk(path):
            manifests.append(path)
        elif _is_plan(path):
            plans.append(path)
        elif _is_template(path):
            templates.append(path)
    seen: set[Path] = set()
    assemblies = [_of_assembly(each, seen) for each in manifests]
    groups = [Found(templates=each) for each in assemblies if each]
    groups += [Found(plans=(each,)) for each in plans]
    groups += [Found(templates=tuple(map(Stack, templates)))] if templates else []
    if not groups:
        raise SmslError(f"{directory} holds no plan and no template.", "A gate that matches nothing guards nothing.")
    return groups


def _files(directory: Path) -> Iterator[Path]:
    for root, directories, names in os.walk(directory):
        directories[:] = sorted(each for each in directories if each not in _SKIPPED)
        ordered = sorted(names, key=lambda name: (name != "manifest.json", name))
        paths = (Path(root, name) for name in ordered if name.endswith(_ENDINGS))
        yield from (path for path in paths if path.is_file())  # to open a pipe would be to wait for its writer


def _is_cdk(path: Path) -> bool:
    try:
        manifest = json.loads(path.read_bytes()) if path.stat().st_size <= _MOST else None
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(manifest, dict) and isinstance(manifest.get("artifacts"), dict)


def _of_assembly(path: Path, seen: set[Path]) -> tuple[Stack, ...]:
    """Return the stacks of a cloud assembly, and of those inside it, which stages make."""
    from smsl.sources.cfn.assembly import nested_of, stacks_of

    try:
        text = _manifest(path, seen)
        found = [Stack(path.parent / each.template, each.name, each.account, each.region) for each in stacks_of(text)]
        for inner in nested_of(text):
            found += _of_assembly(path.parent / inner / "manifest.json", seen)
    except InputError as error:
        raise InputError(f"{path}: {error.message}", error.next_step) from None
    except (OSError, ValueError, RuntimeError) as error:  # no text; a NUL in a name; links that lead round in a circle
        raise SmslError(f"{path} cannot be read ({type(error).__name__}).", "Synthesise it anew.") from None
    return tuple(found)


def _manifest(path: Path, seen: set[Path]) -> str:
    """Return the text of a manifest; an empty assembly's for one that was seen, as one may name itself."""
    own = path.resolve(strict=True)
    if own in seen:
        return _NO_STACKS
    seen.add(own)
    if not path.is_file() or path.stat().st_size > _MOST:
        raise SmslError(f"{path} is no manifest of a cloud assembly.", "Synthesise it anew.")
    return path.read_text(encoding="utf-8-sig")


def _is_plan(path: Path) -> bool:
    """Tell a plan or a state as ``terraform show -json`` writes it; a large one by its beginning and its end."""
    if not path.name.endswith(".json"):
        return False
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            ends = file.read(_MOST if size <= _MOST else _HEAD)
            file.seek(max(0, size - _HEAD))
            ends += file.read(_HEAD)
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

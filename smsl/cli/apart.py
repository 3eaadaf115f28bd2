"""Templates that make the same things by name: they are not deployed together, so they are judged apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from smsl.cli.found import Found, Stack
from smsl.sources.declared.declaration import Declaration
from smsl.sources.declared.pieces import FunctionPiece, RolePiece, SecretPiece


def parted(group: Found, declarations: Sequence[Declaration]) -> list[Found]:
    """Return the infrastructures that templates make: one, unless two of them make a function, role or secret alike.

    What lies in one directory stays together, unless it is there that two are alike.
    """
    alike = _alike(declarations)
    if not alike or group.plans:
        return [group]
    folders: defaultdict[Path, list[Stack]] = defaultdict(list)
    for stack in group.templates:
        folders[stack.path.parent].append(stack)
    groups: list[tuple[Stack, ...]] = []
    rest: list[Stack] = []
    for stacks in folders.values():
        files = {str(stack.path) for stack in stacks}
        if not files & alike.keys():
            rest += stacks
        elif any(alike[file] & files for file in files & alike.keys()):
            groups += [(stack,) for stack in stacks]
        else:
            groups.append(tuple(stacks))
    return [Found(templates=each) for each in (*groups, tuple(rest)) if each]


def _alike(declarations: Sequence[Declaration]) -> Mapping[str, set[str]]:
    """Return, for each file that makes what another one makes too, those others."""
    makers: defaultdict[tuple[type, str], set[str]] = defaultdict(set)
    for declaration in declarations:
        for piece in declaration.pieces:
            if isinstance(piece, FunctionPiece | RolePiece | SecretPiece):
                makers[type(piece), piece.arn].add(piece.origin.file)
    found: defaultdict[str, set[str]] = defaultdict(set)
    for files in makers.values():
        for file in files if len(files) > 1 else ():
            found[file] |= files - {file}
    return found

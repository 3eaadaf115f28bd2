"""Files as a revision of the repository has them, which a change under review cannot have touched."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from smsl.cli.gate.configured import Read, decoded, from_disk
from smsl.model.errors import InputError, SmslError

_SECONDS = 30.0
_QUIET = {
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_NO_LAZY_FETCH": "1",  # a clone without all objects asks no server
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
}


def from_revision(revision: str) -> Read:
    """Return what reads files as `revision` has them; a file outside of the repository is read where it is.

    Raises:
        SmslError: There is no git, no repository, or no such revision.
    """
    if not revision or revision.startswith("-") or "\0" in revision:
        raise SmslError("--trusted-ref names no revision.", "Name a branch, a tag or a commit.")
    commit = _git("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
    up = _git("rev-parse", "--show-cdup")
    if up is None:
        raise SmslError("--trusted-ref needs a git repository, and this is none that git reads.", "Run smsl inside it.")
    if commit is None:
        raise SmslError("The revision of --trusted-ref is not in this repository.", "Fetch it first: git fetch.")
    root = os.path.normpath(os.path.join(os.getcwd(), _line(up)))  # noqa: PTH109, PTH118  -- Path keeps the dots
    tree = _line(commit)

    def read(path: Path) -> str | None:
        inside = _inside(path, root)
        return from_disk(path) if inside is None else _blob(tree, inside, path)

    return read


def _inside(path: Path, root: str) -> str | None:
    """Return the path from the repository's root, with slashes; None for one outside.

    As it is written comes first: a link that a change has put into the repository leads nowhere. Then where it leads: a
    link from outside does not make the repository's own file a trusted one.
    """
    for place in (os.path.abspath(path), os.path.realpath(path)):  # noqa: PTH100  -- as it is written
        relative = os.path.relpath(place, root)
        if relative != os.pardir and not relative.startswith(os.pardir + os.sep):
            return relative.replace(os.sep, "/")
    return None


def _blob(tree: str, inside: str, path: Path) -> str | None:
    listed = _git("ls-tree", "-z", "--full-tree", tree, "--", inside)
    if listed is None:
        raise InputError(f"{path}: git cannot read the tree of --trusted-ref.", "Fetch it whole: git fetch.")
    if not listed:
        return None
    mode, kind, name = listed.split(b"\t", 1)[0].decode("ascii").split(" ")
    if kind != "blob" or mode == "120000":
        raise InputError(f"{path}: In the revision of --trusted-ref this is no plain file.", "Name another.")
    content = _git("cat-file", "blob", name)
    if content is None:
        raise InputError(f"{path}: git cannot read this file of --trusted-ref.", "Fetch it whole: git fetch.")
    return decoded(content, path)


def _line(output: bytes) -> str:
    return os.fsdecode(output).rstrip("\n")


def _git(*arguments: str) -> bytes | None:
    """Return what git prints; None where it fails. What it says of a failure may quote anything and is not shown."""
    try:
        done = subprocess.run(  # noqa: S603  -- a list of arguments, none of which can be an option
            ["git", *arguments],  # noqa: S607  -- the git that the user has
            capture_output=True,
            check=False,
            env={**os.environ, **_QUIET},
            stdin=subprocess.DEVNULL,
            timeout=_SECONDS,
        )
    except FileNotFoundError:
        raise SmslError("--trusted-ref needs git, which is not installed.", "Install git, or leave it out.") from None
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise SmslError(f"git could not be run ({type(error).__name__}).", "Leave --trusted-ref out.") from None
    return done.stdout if done.returncode == 0 else None

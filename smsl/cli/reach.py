"""``smsl reach``: the network solver on its own, a JSON line out for each case in."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from smsl.model.errors import InputError
from smsl.model.reach import Reach
from smsl.net.path import reach
from smsl.sources.aws.network import convert, flow

_UNDECIDED = 3


def run(paths: list[Path], write: Callable[[str], None], notice: Callable[[str], None]) -> int:
    """Judge every case of the files and directories, and write one JSON object a line.

    Args:
        paths: Files that hold a case, a list of cases or a case a line; directories are searched for ``*.json``.
        write: Takes each line of the result.
        notice: Takes what a person should know.

    Returns:
        0, or 3 when a file or case could not be read.
    """
    code = 0
    for path in _files(paths, notice):
        for name, case in _cases(path):
            try:
                line = judge(name, case)
            except InputError as error:
                line = {"name": name, "error": str(error)}
                code = _UNDECIDED
            write(json.dumps(line))
    return code


def _files(paths: list[Path], notice: Callable[[str], None]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            found = sorted(path.glob("*.json"))
            if not found:
                notice(f"{path}: no *.json in this directory")
            yield from found
        else:
            yield path


def _cases(path: Path) -> Iterator[tuple[str, Any]]:
    """Yield the cases of a file with the names they go by; what cannot be read is an `InputError` in its place."""
    try:
        content = path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        yield path.stem, InputError("The file cannot be read.")
        return
    try:
        found = json.loads(content)
        cases = found if isinstance(found, list) else [found]
    except (ValueError, RecursionError):
        cases = [_line(line) for line in content.splitlines() if line.strip()]
    several = len(cases) != 1
    for number, case in enumerate(cases, start=1):
        name = case.get("name") if isinstance(case, dict) else None
        yield (name if isinstance(name, str) else f"{path.stem}:{number}" if several else path.stem), case
    if not cases:
        yield path.stem, InputError("The file holds no case.")


def _line(content: str) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return InputError("This is not JSON.")


def judge(name: str, case: Any) -> dict[str, Any]:
    """Return the line of a case.

    Raises:
        InputError: The case cannot be read.
    """
    if isinstance(case, InputError):
        raise case
    if not isinstance(case, dict):
        raise InputError("A case is a JSON object.")
    return {"name": name, **spelled(reach(convert(case), flow(case)))}


def spelled(found: Reach) -> dict[str, Any]:
    """Return an answer as the contract spells it."""
    return {
        "verdict": found.verdict.value,
        "path": found.path.value,
        "blockers": list(dict.fromkeys(one.code for one in found.blockers)),
        "warnings": list(dict.fromkeys(one.code for one in found.warnings)),
        "per_subnet": {name: trace.verdict.value for name, trace in found.per_subnet.items()},
        "hops": {
            name: [
                {"component": hop.component, "kind": hop.kind, "passed": hop.passed, "because": hop.because}
                for hop in trace.hops
            ]
            for name, trace in found.per_subnet.items()
        },
        "details": [
            {
                "code": one.code,
                "component": one.component,
                "message": one.message,
                "detail": one.detail,
                "data": dict(one.data),
            }
            for one in (*found.blockers, *found.warnings)
        ],
        "missing": [{"reason": one.reason, "needs": list(one.needs)} for one in found.missing],
    }

"""``smsl simulate``: the policy evaluator by itself, JSON lines in, JSON lines out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import NoReturn

from smsl.iam.evaluate import evaluate
from smsl.iam.simulate import Identifier, identifier_of, read_case, write_answer
from smsl.model.errors import InputError

_UNDECIDED = 3


def run(lines: Iterable[str], write: Callable[[str], None]) -> int:
    """Answer each line in order and return the exit code: 0, or 3 if a line could not be read.

    Args:
        lines: One JSON object each; blank lines are passed over.
        write: Takes one line of output, without its end.
    """
    code = 0
    for line in lines:
        if not line.strip():
            continue
        identifier: Identifier = None
        try:
            case = _parsed(line)
            identifier = identifier_of(case)
            _, request, policies = read_case(case)
            answer = write_answer(identifier, evaluate(request, policies))
        except InputError as error:
            answer = {"id": identifier, "error": str(error)}
            code = _UNDECIDED
        write(json.dumps(answer))
    return code


def _parsed(line: str) -> Mapping[str, object]:
    try:
        case = _DECODER.decode(line)
    except (ValueError, RecursionError):
        # The decoder's own message may quote the line.
        raise InputError("The line is not JSON.") from None
    if not isinstance(case, dict):
        raise InputError("The line is not a JSON object.")
    return case


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise InputError("An object of the line holds the same member twice.")
    return members


def _refuse(_constant: str) -> NoReturn:
    raise ValueError


_DECODER = json.JSONDecoder(object_pairs_hook=_members, parse_constant=_refuse)

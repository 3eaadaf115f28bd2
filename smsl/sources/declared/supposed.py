"""Accounts and regions that policies speak of: where something is deployed may be one of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from smsl.model.policy import Policy, Statement
from smsl.sources.declared.pieces import Piece

_ACCOUNT = re.compile(r"\d{12}")
_PARTS = re.compile(r"[:./]")
_REGIONS = (
    *("us-east-1", "eu-west-1", "ap-southeast-2", "ca-central-1", "sa-east-1", "me-central-1", "af-south-1"),
    *("il-central-1", "mx-central-1", "us-gov-west-1", "cn-north-1"),
)
"""One for each pattern that people write: ``eu-*``."""
_REGION = re.compile(r"(?:af|ap|ca|cn|eu|eusc|il|me|mx|sa|us)(?:-[a-z]+)+-\d")
_WILD = re.compile(r"[a-z]{2}[a-z*?-]*-[a-z0-9*?-]*")


def places_of_policies(pieces: Iterable[Piece]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the accounts and the regions that stand in policies' principals, resources and conditions.

    Of a list in a condition the first counts, as the others say the same; of a pattern, one that it covers.
    """
    accounts: dict[str, None] = {}
    regions: dict[str, None] = {}
    for piece in pieces:
        policy = getattr(piece, "policy", None)
        for statement in policy.statements if isinstance(policy, Policy) else ():
            for text in _texts(statement):
                accounts |= dict.fromkeys(_ACCOUNT.findall(text) if _ACCOUNT.fullmatch(text) else ())
                regions |= dict.fromkeys(_regions(text))
    return tuple(accounts), tuple(regions)


def _texts(statement: Statement) -> Iterator[str]:
    for principal in (*(statement.principals or ()), *(statement.not_principals or ())):
        yield principal.value
    yield from statement.resources or ()
    yield from statement.not_resources or ()
    for condition in statement.conditions:
        yield from condition.values[:1]


def _regions(text: str) -> Iterator[str]:
    for part in _PARTS.split(text):
        if _REGION.fullmatch(part):
            yield part
        elif ("*" in part or "?" in part) and _WILD.fullmatch(part):
            yield from [region for region in _REGIONS if fnmatchcase(region, part)][:1]

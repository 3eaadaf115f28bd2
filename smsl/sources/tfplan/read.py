"""Read one plan or state."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from smsl.model.standin import plain
from smsl.sources.declared.declaration import Declaration, Place
from smsl.sources.declared.pieces import Piece
from smsl.sources.tfplan.body import body_of
from smsl.sources.tfplan.document import load
from smsl.sources.tfplan.follow import Walk
from smsl.sources.tfplan.gone import apart, gone
from smsl.sources.tfplan.identity import identity
from smsl.sources.tfplan.loose import given_to_all
from smsl.sources.tfplan.place import place_of, providers, written_places
from smsl.sources.tfplan.plan import Plan
from smsl.sources.tfplan.reading import MisshapenError, Reading, UnsettledError
from smsl.sources.tfplan.types import NOT_UNDERSTOOD, READERS

_PARTIAL = "does not hold all that is declared, as planning failed or was given -target"

_FUNCTION = "aws_lambda_function"


def read_plan(name: str, text: str, place: Place) -> Declaration:
    """Return what a plan or a state declares.

    Args:
        name: The file's, as it was named on the command line.
        text: What ``terraform show -json`` or ``tofu show -json`` wrote.
        place: What options say of the account and the region; the file's own facts fill what they leave.

    Raises:
        InputError: It is neither a plan nor a state; the file is named, nothing in it is quoted.
    """
    plan = load(name, text)
    walk = Walk(plan.variables)
    regions, accounts = providers(plan, walk)
    there = place_of(plan, place, regions, accounts)
    reading = Reading(name, plan, walk, there, regions, accounts, identity, apart(plan), {})
    left_out = {} if plan.complete else {name: _PARTIAL}
    unread: dict[str, str] = {}
    pieces = given_to_all(tuple(_pieces(reading, left_out, unread)), plan)
    written_accounts, written_regions = written_places(text)
    return Declaration(
        kind="plan",
        place=there,
        pieces=pieces,
        taken_at=_when(plan),
        written_accounts=written_accounts,
        written_regions=written_regions,
        left_out=left_out,
        unread=unread,
    )


def _pieces(reading: Reading, left_out: dict[str, str], unread: dict[str, str]) -> Iterator[Piece]:
    for resource in reading.plan.resources:
        if resource.mode != "managed":
            continue
        yield from gone(reading, resource)
        read = READERS.get(resource.type)
        if resource.gone or (read is None and resource.type not in NOT_UNDERSTOOD):
            continue
        if read is None:
            left_out[plain(resource.address)] = f"{resource.type} is not understood"
            continue
        told = unread if resource.type == _FUNCTION else left_out
        try:
            yield from tuple(read(body_of(reading, resource)))
        except MisshapenError as error:
            told[plain(resource.address)] = f"{plain(str(error))} is of a type that it cannot be"
        except UnsettledError as error:
            told[plain(resource.address)] = f"{plain(str(error))} is known only after apply"


def _when(plan: Plan) -> datetime | None:
    try:
        found = datetime.fromisoformat(plan.timestamp) if plan.timestamp else None
    except ValueError:
        return None
    return None if found is None or found.tzinfo is None else found

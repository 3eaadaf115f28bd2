"""Read an account in rounds, and keep what was read."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from smsl.model.errors import InputError, SmslError
from smsl.sources.aws.calls import OPERATIONS
from smsl.sources.aws.connection import Clients, Connection, Timing, connect, region_of, told
from smsl.sources.aws.facts import Answer, Call, Facts, Failure
from smsl.sources.aws.needs import MAX_ROUNDS, configuration, for_readers_alone, list_functions, needs, targets
from smsl.sources.aws.read import read
from smsl.sources.aws.redact import redact, redact_tags
from smsl.sources.aws.request import Request, Target

SCHEMA = "smsl.capture/1"
_PROBE_SECONDS = 4.0
_PATIENCE = 0.2
"""The share of the deadline that may pass without any answer, so that there is time for every round."""
_LEAST_PATIENCE = 1.5
"""Seconds: a busy machine is no hanging service."""


@dataclass(frozen=True, slots=True)
class Capture:
    """The redacted facts of one reading."""

    request: Request
    facts: Facts
    taken_at: datetime
    seconds: float
    """How long the reading took."""
    rounds: int
    timings: tuple[Timing, ...] = ()
    """Empty in a capture that was loaded."""


def capture(request: Request, connection: Connection, progress: Callable[[str], None] = lambda _text: None) -> Capture:
    """Read what the request needs, in at most four dependent rounds, within the deadline.

    Raises:
        SmslError: Nothing can be read at all: no credentials, no such function, no such region.
    """
    start = time.monotonic()
    until = start + connection.deadline
    clients = connect(connection, request.regions[0])
    taken_at = datetime.now(UTC)
    facts: dict[Call, Answer] = {}
    rounds = 0
    for number in range(1, MAX_ROUNDS + 1):
        calls = needs(request, facts)
        if not calls:
            break
        rounds = number
        total = len(calls)

        def tell(done: int, number: int = number, total: int = total) -> None:
            progress(f"reading, round {number}: {done} of {total} calls")

        aside = for_readers_alone(request, facts)
        answers = read(
            calls,
            clients.ask,
            until,
            tell,
            patience=max(connection.deadline * _PATIENCE, _LEAST_PATIENCE),
            supporting=partial(_is_supporting, aside),
            alive=clients.heard,
        )
        facts |= redact(answers, facts)
        if number == 1:
            _stop_if_nothing(request, connection, facts, clients, until)
    for call in needs(request, facts):  # unread, never empty: no further round is made for it
        facts[call] = Failure("not asked", "TooManyRounds")
    return Capture(request, redact_tags(facts), taken_at, time.monotonic() - start, rounds, clients.timings)


def _is_supporting(aside: frozenset[Call], call: Call) -> bool:
    return call in aside or not OPERATIONS[call.name].required


def requested_regions(connection: Connection, regions: tuple[str, ...], named: tuple[Target, ...]) -> tuple[str, ...]:
    """Return the regions to read: those asked for, else those of the ARNs, else the environment's.

    Raises:
        SmslError: Nobody says which region.
    """
    chosen = tuple(dict.fromkeys((*regions, *(target.region for target in named if target.region))))
    if chosen:
        return chosen
    region = region_of(connection)
    if region is None:
        raise SmslError("No AWS region is set.", "Give --region, or set AWS_REGION.")
    return (region,)


def _stop_if_nothing(request: Request, connection: Connection, facts: Facts, clients: Clients, until: float) -> None:
    """Raise when the first round shows that there is nothing to judge."""
    endpoint = connection.endpoint_url or ""
    if request.everything:
        failed = [facts[list_functions(region)] for region in request.regions]
        failures = [answer for answer in failed if isinstance(answer, Failure)]
        if len(failures) == len(failed):
            raise told(failures[0], endpoint)
        return
    for region, target in targets(request, facts):
        answer = facts.get(configuration(region, target))
        if not isinstance(answer, Failure):
            continue
        if answer.kind != "absent":
            raise told(answer, endpoint)
        raise SmslError(*_not_found(region, target, clients, until))


def _not_found(region: str, target: Target, clients: Clients, until: float) -> tuple[str, str]:
    label = target.name if target.qualifier is None else f"{target.name}:{target.qualifier}"
    if target.qualifier is not None:
        bare = Target(target.name, None, target.region, target.account)
        if not isinstance(clients.ask(configuration(region, bare)), Failure):
            return (
                f"Function {target.name} exists in {region}, but has no alias or version {target.qualifier}.",
                f"List them with: aws lambda list-aliases --function-name {target.name} --region {region}",
            )
    elsewhere = _other_regions(region, target, clients, until)
    if elsewhere:
        first = elsewhere[0]
        return (
            f"No function {label} in {region}; it exists in {', '.join(elsewhere)}.",
            f"Try: smsl audit {label} --region {first}",
        )
    return (
        f"No function {label} in {region}, nor in the other regions that could be asked.",
        f"List the region's functions with: aws lambda list-functions --region {region}",
    )


def _other_regions(region: str, target: Target, clients: Clients, until: float) -> list[str]:
    """Ask the other regions of the partition for a function that is not where it was looked for."""
    calls = {configuration(each, target): each for each in clients.regions("lambda", region) if each != region}
    limit = min(until, time.monotonic() + _PROBE_SECONDS)
    answers = read(tuple(calls), clients.ask, limit)
    return sorted(calls[each] for each, answer in answers.items() if not isinstance(answer, Failure))


def dump(capture: Capture) -> str:
    """Return a capture as JSON text: redacted facts, nothing that could be a secret's value."""
    facts = []
    for call in sorted(capture.facts):
        answer = capture.facts[call]
        row: dict[str, Any] = {
            "service": call.service,
            "operation": call.operation,
            "region": call.region,
            "parameters": call.parameters,
        }
        if isinstance(answer, Failure):
            row["failure"] = {"kind": answer.kind, "code": answer.code}
        else:
            row["answer"] = answer
        facts.append(row)
    request = capture.request
    document = {
        "schema": SCHEMA,
        "taken_at": capture.taken_at.isoformat(),
        "seconds": round(capture.seconds, 3),
        "rounds": capture.rounds,
        "request": {
            "functions": [[each.name, each.qualifier, each.region, each.account] for each in request.functions],
            "everything": request.everything,
            "regions": request.regions,
            "secrets": request.secrets,
            "notes": request.notes,
        },
        "facts": facts,
    }
    return json.dumps(document, indent=1) + "\n"


def load(text: str) -> Capture:
    """Return the capture that `text` holds.

    Raises:
        InputError: It is not a capture, or not one that this version reads.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise InputError("The capture is not JSON.", "Write one with: smsl capture FUNCTION -o FILE") from None
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise InputError(
            f"The file is not a capture of schema {SCHEMA}.", "Write one with: smsl capture FUNCTION -o FILE"
        )
    try:
        return _loaded(document)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        raise InputError(
            "The capture is damaged: a member is missing or of the wrong type.", "Take it again."
        ) from None


def _loaded(document: dict[str, Any]) -> Capture:
    asked = document["request"]
    request = Request(
        functions=tuple(Target(*row) for row in asked["functions"]),
        everything=bool(asked["everything"]),
        regions=tuple(str(region) for region in asked["regions"]),
        secrets=tuple(str(secret) for secret in asked["secrets"]),
        notes=bool(asked["notes"]),
    )
    facts: dict[Call, Answer] = {}
    for row in document["facts"]:
        key = json.dumps(row["parameters"], sort_keys=True, separators=(",", ":"))
        call = Call(str(row["service"]), str(row["operation"]), str(row["region"]), key)
        if "failure" in row:
            facts[call] = Failure(str(row["failure"]["kind"]), str(row["failure"]["code"]))
        else:
            answer: dict[str, Any] = dict(row["answer"])
            facts[call] = answer
    taken_at = datetime.fromisoformat(document["taken_at"])
    if taken_at.tzinfo is None:
        raise ValueError
    return Capture(request, facts, taken_at, float(document["seconds"]), int(document["rounds"]))

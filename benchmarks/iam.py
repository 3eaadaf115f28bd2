"""Measure the policy evaluator in one run, and write benchmarks/README.md from what was measured.

Usage: iam.py [--check] [--rounds N]
Decisions a second of smsl and of moto's own evaluator on the same requests and policies, each in this process, after a
warm-up, with every policy parsed once and the two in turn; and the processor time of `smsl simulate` over 20,000 lines.
With --check the README is left alone, and a missed limit ends the run with exit code 1.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from machine import allowed
from moto.iam.access_control import IAMPolicy
from run import between
from tabulate import tabulate

from smsl.iam.evaluate import evaluate
from smsl.iam.request import Policies, Request
from smsl.model.policy import parse_policy

README = Path(__file__).parent / "README.md"
SIZES = (1, 10, 50)
POLICIES_OF_A_SIZE = 40
REQUESTS_OF_A_POLICY = 25
LINES = 20_000
ALL_LIMIT, FIFTY_LIMIT, SIMULATE_LIMIT = 0.5, 1.0, 3.0
"""Decisions a second against moto's, for all and for fifty statements; seconds of processor time."""

ACCOUNT, REGION = "111122223333", "eu-west-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/apps/checkout-exec"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/checkout-exec/checkout"
CONTEXT = {
    "aws:PrincipalArn": ROLE,
    "aws:PrincipalAccount": ACCOUNT,
    "aws:PrincipalOrgID": "o-a1b2c3d4e5",
    "aws:PrincipalTag/team": "pay",
    "aws:ResourceTag/team": "pay",
    "aws:RequestedRegion": REGION,
    "aws:SecureTransport": "true",
    "aws:CurrentTime": "2026-01-01T00:00:00Z",
    "aws:SourceVpce": "vpce-0a1b2c3d",
}
CONDITIONS: tuple[dict[str, dict[str, str | list[str]]], ...] = (
    {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}},
    {"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}},
    {"StringLike": {"aws:PrincipalTag/team": ["p*", "web"]}, "Bool": {"aws:SecureTransport": "true"}},
    {"StringEqualsIfExists": {"aws:SourceVpce": ["vpce-0a1b2c3d", "vpce-9"]}},
    {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/apps/*"}},
    {"StringNotEquals": {"aws:RequestedRegion": ["us-east-1", "us-west-2"]}},
    {"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}},
)
TEAMS = ("pay", "web", "ops", "data")
KINDS = (
    ("secretsmanager", f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{{}}-??????", "secret:{}-AbCdEf",
     ("GetSecretValue", "DescribeSecret", "Get*", "*")),
    ("ssm", f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/{{}}/*", "parameter/{}/url", ("GetParameter", "Get*", "*")),
    ("dynamodb", f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{{}}", "table/{}", ("GetItem", "Query", "PutItem", "*")),
    ("sqs", f"arn:aws:sqs:{REGION}:{ACCOUNT}:{{}}*", "{}-jobs", ("SendMessage", "ReceiveMessage", "*")),
    ("logs", f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/lambda/{{}}:*", "log-group:/aws/lambda/{}:x",
     ("PutLogEvents", "CreateLogStream")),
)  # fmt: skip
"""By service: the Resource that policies write, the rest of the ARN that requests have, the actions of policies."""


@dataclass(frozen=True)
class Asked:
    """One request, made ready for both evaluators."""

    document: Mapping[str, object]
    request: Request
    policies: Policies
    theirs: IAMPolicy


def statement(chance: random.Random, *, conditions: bool) -> dict[str, object]:
    """Return one statement as a policy of a function's role has it."""
    service, resource, _, actions = chance.choice(KINDS)
    chosen = chance.sample(actions, chance.choice((1, 2)))
    written: dict[str, object] = {
        "Effect": "Deny" if chance.random() < 0.1 else "Allow",
        "Action": [f"{service}:{action}" for action in chosen],
        "Resource": [resource.format(f"{team}/{chance.randrange(8)}") for team in chance.sample(TEAMS, 2)],
    }
    return {**written, "Condition": chance.choice(CONDITIONS)} if conditions else written


def request(chance: random.Random, statements: Sequence[dict[str, object]]) -> Request:
    """Return one request of a function: half of them for what a statement names."""
    service, _, resource, actions = chance.choice(KINDS)
    thing = f"{chance.choice(TEAMS)}/{chance.randrange(8)}"
    if chance.random() < 0.5:
        service, named = named_by(chance.choice(statements))
        resource, actions = next((each[2], each[3]) for each in KINDS if each[0] == service)
        thing = chance.choice(named)
    action = chance.choice([each for each in actions if "*" not in each])
    name = resource.format(thing)
    return Request(SESSION, f"{service}:{action}", f"arn:aws:{service}:{REGION}:{ACCOUNT}:{name}", None, CONTEXT)


def named_by(written: dict[str, object]) -> tuple[str, list[str]]:
    """Return the service of a statement and the things that it names."""
    texts = json.dumps([written["Action"], written["Resource"]])
    return texts.partition(":")[0].strip('["'), re.findall(rf"(?:{'|'.join(TEAMS)})/[0-9]", texts)


def for_moto(statements: Sequence[dict[str, object]]) -> IAMPolicy:
    """Return moto's policy: conditions left out, as it denies by any; ``*`` for ``??????``, on which it fails."""
    bare = [{name: held for name, held in each.items() if name != "Condition"} for each in statements]
    text = json.dumps({"Version": "2012-10-17", "Statement": bare}).replace("??????", "*")
    return IAMPolicy({"policy_document": text})


def mix(size: int) -> Iterator[Asked]:
    """Yield the requests on policies of one size, half of which have conditions."""
    chance = random.Random(size)  # noqa: S311  -- the same mix at every run
    for i in range(POLICIES_OF_A_SIZE):
        statements = [statement(chance, conditions=i % 2 == 1) for _ in range(size)]
        document = {"Version": "2012-10-17", "Statement": statements}
        ours, theirs = Policies(identity=(parse_policy(f"p{size}-{i}", document),)), for_moto(statements)
        for _ in range(REQUESTS_OF_A_POLICY):
            yield Asked(document, request(chance, statements), ours, theirs)


def of_smsl(asked: Sequence[Asked]) -> None:
    """Let smsl decide every request."""
    for each in asked:
        evaluate(each.request, each.policies)


def of_moto(asked: Sequence[Asked]) -> None:
    """Let moto decide every request."""
    for each in asked:
        each.theirs.is_action_permitted(each.request.action, each.request.resource)


def rate(decide: Callable[[Sequence[Asked]], None], asked: Sequence[Asked]) -> float:
    """Return decisions a second of processor time, which neighbours disturb the least."""
    start = time.process_time()
    decide(asked)
    return len(asked) / (time.process_time() - start)


@dataclass(frozen=True)
class Row:
    """One comparison: decisions a second of smsl and of moto, round by round."""

    what: str
    limit: float
    rates: list[tuple[float, float]]

    @property
    def ratio(self) -> float:
        """The median of the ratios, round by round."""
        return statistics.median(ours / theirs for ours, theirs in self.rates)

    def cells(self) -> list[str]:
        """Return the row of the table."""
        ours, theirs = (f"{statistics.median(each):,.0f}" for each in zip(*self.rates, strict=True))
        return [self.what, ours, theirs, f"{self.ratio:.2f}", f"{self.limit}"]


def compare(what: str, limit: float, asked: Sequence[Asked], rounds: int) -> Row:
    """Measure both in turn, after one round of each to warm up."""
    of_smsl(asked), of_moto(asked)
    return Row(what, limit, [(rate(of_smsl, asked), rate(of_moto, asked)) for _ in range(rounds)])


def simulate_lines() -> Iterator[str]:
    """Yield cases as `smsl simulate` reads them: many kinds of policies, of one to four statements, mixed."""
    chance = random.Random(LINES)  # noqa: S311  -- the same lines at every run
    key = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd"
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    for i in range(LINES):
        statements = [statement(chance, conditions=i % 2 == 1) for _ in range(chance.randint(1, 4))]
        asked = request(chance, statements)
        case: dict[str, object] = {"id": i, "principal": SESSION, "action": asked.action, "resource": asked.resource}
        case |= {"context": CONTEXT, "identityPolicies": [{"Version": "2012-10-17", "Statement": statements}]}
        match i % 5:
            case 1:
                case["scps"] = [[{"Version": "2012-10-17", "Statement": everything}]]
            case 2:
                named = {**everything, "Principal": {"AWS": chance.choice((ROLE, SESSION, ACCOUNT))}}
                case["resourcePolicy"] = {"Version": "2012-10-17", "Statement": named}
            case 3:
                delegates = {**everything, "Action": "kms:*", "Principal": {"AWS": ACCOUNT}}
                case |= {"action": "kms:Decrypt", "resource": key}
                case["resourcePolicy"] = {"Version": "2012-10-17", "Statement": delegates}
                case["grants"] = [{"GrantId": "g", "GranteePrincipal": ROLE, "Operations": ["Decrypt"]}]
            case 4:
                case["context"] = {**CONTEXT, "aws:SourceVpce": None}
        yield json.dumps(case)


def simulate_seconds() -> float:
    """Return the processor time of one `smsl simulate` over all lines, from start to end of the process."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file, tempfile.TemporaryFile() as sink:
        file.write("\n".join(simulate_lines()))
        file.flush()
        command = [sys.executable, "-m", "smsl.cli", "simulate", file.name]
        process = subprocess.Popen(command, stdout=sink)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        sink.seek(0)
        answered = sum(1 for _ in sink)
    if process.returncode or answered != LINES:
        raise SystemExit(f"smsl simulate ended with {process.returncode} and {answered} answers")
    return usage.ru_utime + usage.ru_stime


def measure(asked: Mapping[int, Sequence[Asked]], rounds: int) -> tuple[list[Row], float, float]:
    """Return the comparisons with moto, the processor time of `smsl simulate`, and its limit here. Seconds."""
    whole = [each for size in SIZES for each in asked[size]]
    rows = [
        compare("a third each of 1, 10 and 50 statements", ALL_LIMIT, whole, rounds),
        compare("50 statements", FIFTY_LIMIT, asked[50], rounds),
    ]
    limit = allowed(SIMULATE_LIMIT)
    return rows, min(simulate_seconds() for _ in range(2)), max(limit, allowed(SIMULATE_LIMIT))


def missed(rows: Sequence[Row], seconds: float, limit: float) -> list[str]:
    """Return what misses its limit."""
    slow = ["smsl simulate"] if seconds > limit else []
    return [*(row.what for row in rows if row.ratio < row.limit), *slow]


def main() -> int:
    """Measure, and record or check."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    asked = {size: list(mix(size)) for size in SIZES}
    rows, seconds, limit = measure(asked, options.rounds)
    if options.check and missed(rows, seconds, limit):
        rows, seconds, limit = measure(asked, options.rounds)  # a neighbour may have disturbed it
    headers = ["policies", "smsl, 1/s", "moto, 1/s", "ratio", "at least"]
    table = tabulate([row.cells() for row in rows], headers, tablefmt="github", disable_numparse=True)
    spent = f"`smsl simulate` over {LINES:,} lines: {seconds:.2f} s of processor time (limit {limit:.1f} s)."
    print(table, spent, sep="\n\n")
    if not options.check:
        machine = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
        stamp = f"{datetime.now(UTC):%Y-%m-%d}, {machine}, medians of {options.rounds} rounds run in turn."
        README.write_text(between(README.read_text(), "iam", f"{stamp}\n\n{table}\n\n{spent}"))
    for what in missed(rows, seconds, limit):
        print(f"misses its limit: {what}", file=sys.stderr)
    return 1 if missed(rows, seconds, limit) else 0


if __name__ == "__main__":
    sys.exit(main())

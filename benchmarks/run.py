"""Measure smsl against its floor in one run, and write benchmarks/README.md from what was measured.

Usage: run.py [--check] [--runs N] [--prowler PATH]
With --check the README is left alone, and a ratio over its limit ends the run with exit code 1.
With --prowler the peer's program is run on the same embedded account, once for each size, and recorded beside smsl.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tabulate import tabulate

from smsl.lab.account import Lab, embedded
from smsl.lab.scale import seed_scale
from smsl.sources.aws.capture import capture
from smsl.sources.aws.connection import Connection
from smsl.sources.aws.facts import Answer, Call
from smsl.sources.aws.needs import needs
from smsl.sources.aws.request import Request, parse_target

HERE = Path(__file__).parent
SMSL = (str(Path(sys.executable).with_name("smsl")),)
README = HERE / "README.md"


@dataclass(frozen=True)
class Run:
    """One process: its wall time in seconds and its peak memory in MB."""

    seconds: float
    megabytes: float


def once(command: Sequence[str], environment: Mapping[str, str]) -> Run:
    """Run a command to its end, as the operating system accounts it."""
    with tempfile.TemporaryFile() as sink:
        start = time.perf_counter()
        process = subprocess.Popen(command, env=dict(environment), stdout=sink, stderr=sink)
        _, _, usage = os.wait4(process.pid, 0)
        process.returncode = 0
    scale = 1024 if sys.platform == "linux" else 1024 * 1024
    return Run(time.perf_counter() - start, usage.ru_maxrss / scale)


def pairs(one: Sequence[str], other: Sequence[str], environment: Mapping[str, str], runs: int) -> list[tuple[Run, Run]]:
    """Run two commands in turn, after one warm-up of each: a ratio pair by pair holds on a machine that drifts."""
    once(one, environment), once(other, environment)
    return [(once(one, environment), once(other, environment)) for _ in range(runs)]


def rounds_of(request: Request) -> list[list[list[object]]]:
    """Return the calls that smsl makes for a request, round by round."""
    full = capture(request, Connection()).facts
    facts: dict[Call, Answer] = {}
    found = []
    while calls := needs(request, facts):
        found.append([[call.service, call.operation, call.region, call.parameters] for call in calls if call in full])
        facts |= {call: full[call] for call in calls if call in full}
        if len(found) > 3:
            break
    return found


@dataclass(frozen=True)
class Row:
    """One comparison."""

    what: str
    limit: float
    pairs: list[tuple[Run, Run]]
    calls: str

    @property
    def ratio(self) -> float:
        """The median of the ratios, pair by pair."""
        return statistics.median(one.seconds / other.seconds for one, other in self.pairs)

    def cells(self) -> list[str]:
        """Return the row of the table."""
        ours = statistics.median(one.seconds for one, _ in self.pairs)
        floor = statistics.median(other.seconds for _, other in self.pairs)
        memory = max(one.megabytes for one, _ in self.pairs)
        return [
            self.what, self.calls, f"{ours:.2f}", f"{floor:.2f}", f"{self.ratio:.2f}", f"{self.limit}", f"{memory:.0f}"
        ]  # fmt: skip


def audits(lab: Lab, environment: Mapping[str, str], name: str, request: Request, limit: float, runs: int) -> list[Row]:
    """Compare an audit with its floor, with 0 and with 40 ms added to each call."""
    arguments = ["--all"] if request.everything else [request.functions[0].name]
    rows = []
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        rounds = rounds_of(request)
        json.dump(rounds, file)
        file.flush()
        for added in (0, 40):
            lab.set_latency(added)
            ours = [*SMSL, "audit", *arguments, "--format", "json"]
            floor = [sys.executable, str(HERE / "floor.py"), file.name, lab.url]
            measured = pairs(ours, floor, environment, runs)
            count = sum(map(len, rounds))
            rows.append(Row(f"{name}, {added} ms a call", limit, measured, f"{count} in {len(rounds)} rounds"))
        lab.set_latency(0)
    return rows


def clean_environment(lab: Lab) -> dict[str, str]:
    """Return an environment that leads to the lab, and nowhere else."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return {**kept, **lab.environment}


def measure(runs: int) -> tuple[list[Row], float]:
    """Return all comparisons, and the peak memory for 1,000 functions in MB."""
    rows = []
    with embedded() as lab:
        environment = clean_environment(lab)
        os.environ.update(lab.environment)
        one = Request((parse_target("checkout"),), False, ("eu-west-1",))
        rows += audits(lab, environment, "one function", one, 1.5, runs)
        version = pairs(
            [*SMSL, "--version"], [sys.executable, str(HERE / "trivial.py"), "--version"], environment, runs
        )
        rows.append(Row("smsl --version, against two typer commands", 1.3, version, "0"))
    everything = Request((), True, ("eu-west-1",))
    with embedded(sample=False) as lab:
        environment = clean_environment(lab)
        os.environ.update(lab.environment)
        seed_scale(lab.url, 200)
        rows += audits(lab, environment, "200 functions", everything, 2.0, max(3, runs // 2))
    with embedded(sample=False) as lab:
        environment = clean_environment(lab)
        seed_scale(lab.url, 1000)
        peak = once([*SMSL, "audit", "--all", "--format", "json", "--deadline", "120"], environment).megabytes
    return rows, peak


def peers(prowler: str) -> str:
    """Return a table of Prowler and smsl on the same account: wall time, peak memory, calls."""
    services = ("awslambda", "secretsmanager", "kms", "iam", "vpc")
    rows = []
    for size in (1, 200):
        with embedded(sample=False) as lab, tempfile.TemporaryDirectory() as folder:
            environment = clean_environment(lab)
            seed_scale(lab.url, size)
            theirs = [
                prowler,
                "aws",
                "--services",
                *services,
                "-f",
                "eu-west-1",
                "--no-banner",
                "-M",
                "csv",
                "-o",
                folder,
            ]
            for name, command in (("Prowler", theirs), ("smsl", [*SMSL, "audit", "--all", "--format", "json"])):
                lab.forget_calls()
                run = once(command, environment)
                calls = len(lab.calls())
                rows.append([name, str(size), f"{run.seconds:.1f}", f"{run.megabytes:.0f}", str(calls)])
    said = subprocess.run([prowler, "-v"], capture_output=True, text=True, check=False).stdout
    version = next((word for word in said.split() if word[:1].isdigit()), "")
    rows = [[f"Prowler {version}" if row[0] == "Prowler" else row[0], *row[1:]] for row in rows]
    headers = ["program", "functions", "wall, s", "peak, MB", "calls"]
    return tabulate(rows, headers, tablefmt="github", disable_numparse=True)


def between(page: str, name: str, text: str) -> str:
    """Return the page with a text between two marks."""
    head, _, rest = page.partition(f"<!-- {name} -->\n")
    _, _, tail = rest.partition(f"<!-- end {name} -->")
    return f"{head}<!-- {name} -->\n\n{text}\n\n<!-- end {name} -->{tail}"


def main() -> int:
    """Measure, and record or check."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--prowler", help="the peer's program, installed in an environment of its own")
    options = parser.parse_args()
    if options.prowler:
        table = peers(options.prowler)
        print(table)
        stamp = f"Measured {datetime.now(UTC):%Y-%m-%d}, one run each, its services that smsl looks at too."
        README.write_text(between(README.read_text(), "peers", f"{stamp}\n\n{table}"))
        return 0
    rows, peak = measure(options.runs)
    if options.check and any(row.ratio > row.limit for row in rows):
        rows, peak = measure(options.runs)  # a neighbour may have disturbed it: over twice is over
    headers = ["what", "calls", "smsl, s", "floor, s", "ratio", "limit", "peak, MB"]
    text = tabulate([row.cells() for row in rows], headers, tablefmt="github", disable_numparse=True)
    memory = f"Peak memory for 1,000 functions: {peak:.0f} MB (limit 200 MB)."
    print(text, memory, sep="\n\n")
    if not options.check:
        record(text, memory, options.runs)
    over = [row.what for row in rows if row.ratio > row.limit]
    for what in over:
        print(f"over its limit: {what}", file=sys.stderr)
    return 1 if over or peak > 200 else 0


def record(text: str, memory: str, runs: int) -> None:
    """Write what was measured between the README's marks."""
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    stamp = f"{datetime.now(UTC):%Y-%m-%d}, {machine}, medians of {runs} pairs run in turn (half as many for 200)."
    README.write_text(between(README.read_text(), "measured", f"{stamp}\n\n{text}\n\n{memory}"))


if __name__ == "__main__":
    sys.exit(main())

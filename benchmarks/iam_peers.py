"""Measure smsl beside other evaluators in one run, and write benchmarks/README.md from what was measured.

Usage: iam_peers.py --peer COMMAND [--peer COMMAND ...] [--rounds N]
A command is an adapter of benchmarks/peers with the program that runs it; the file of cases and the number of passes
are added to it. smsl stands there twice in processes of its own, and with moto in this process, as in iam.py.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from iam import README, SIZES, Asked, mix, of_moto, of_smsl, rate
from moto.iam.access_control import PermissionResult
from run import between
from tabulate import tabulate

from smsl.iam.evaluate import evaluate
from smsl.model.decision import Result

PASSES = 2
"""The first warms up, the last is measured."""
OURS = f"{shlex.quote(sys.executable)} {shlex.quote(str(Path(__file__).parent / 'peers' / 'smsl_evaluate.py'))}"


@dataclass
class Peer:
    """One row: decisions a second round by round, and the answers of the last round."""

    name: str
    every: list[float] = field(default_factory=list)
    fifty: list[float] = field(default_factory=list)
    started: list[float] = field(default_factory=list)
    """With start-up and the first pass, from start to end of the process."""
    allowed: list[bool] = field(default_factory=list)

    def cells(self, ours: Peer, expected: Sequence[bool]) -> list[str]:
        """Return the row of the table; the ratios are medians, round by round, to smsl measured in the same way."""
        agreed = sum(one is other for one, other in zip(self.allowed, expected, strict=True))
        ratios = ["", ""]
        if ours is not self:
            pairs = ((ours.every, self.every), (ours.fifty, self.fifty))
            ratios = [f"{statistics.median(map(ratio, *pair)):.2f}" for pair in pairs]
        rates = [f"{statistics.median(each):,.0f}" if each else "" for each in (self.every, self.fifty, self.started)]
        return [self.name, *rates[:2], *ratios, rates[2], f"{agreed:,} of {len(expected):,}"]


def ratio(ours: float, theirs: float) -> float:
    """Return how many times as fast smsl is."""
    return ours / theirs


def here(asked: Sequence[Asked], fifty: Sequence[Asked], rounds: int) -> tuple[Peer, Peer]:
    """Measure smsl and moto in this process, in turn, after one round of each to warm up."""
    ours, theirs = Peer("smsl, in this process"), Peer(f"moto {version('moto')}, in this process")
    of_smsl(asked), of_moto(asked)
    for _ in range(rounds):
        for peer, decide in ((ours, of_smsl), (theirs, of_moto)):
            peer.every.append(rate(decide, asked))
            peer.fifty.append(rate(decide, fifty))
    ours.allowed = [evaluate(each.request, each.policies).result is Result.ALLOWED for each in asked]
    permitted = [each.theirs.is_action_permitted(each.request.action, each.request.resource) for each in asked]
    theirs.allowed = [each is PermissionResult.PERMITTED for each in permitted]
    return ours, theirs


def apart(command: str, every: Path, fifty: Path, peer: Peer) -> None:
    """Let a peer decide all cases, and those on fifty statements, in a process of its own each.

    Counts processor time, which neighbours disturb the least.
    """
    said, whole = ask(command, every)
    peer.name, peer.allowed = said["name"], said["allowed"]
    count, last = len(peer.allowed), said["seconds"][-1]
    peer.every.append(count / last)
    peer.started.append(count / (whole - last))
    again, _ = ask(command, fifty)
    peer.fifty.append(len(again["allowed"]) / again["seconds"][-1])


def ask(command: str, cases: Path) -> tuple[dict, float]:
    """Run an adapter; return what it says, and the processor time of the whole process in seconds."""
    with tempfile.TemporaryFile() as sink:
        process = subprocess.Popen([*shlex.split(command), str(cases), str(PASSES)], stdout=sink)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"an adapter ended with {process.returncode}")
        sink.seek(0)
        return json.load(sink), usage.ru_utime + usage.ru_stime


def write(path: Path, asked: Sequence[Asked]) -> Path:
    """Write requests as the adapters read them: lines of `smsl simulate`, each with one identity policy."""
    lines = [
        json.dumps(
            {
                "principal": each.request.principal,
                "action": each.request.action,
                "resource": each.request.resource,
                "context": dict(each.request.context),
                "identityPolicies": [each.document],
            }
        )
        for each in asked
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def main() -> int:
    """Measure and record."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--peer", action="append", default=[], help="an adapter's command")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    asked = {size: list(mix(size)) for size in SIZES}
    whole = [each for size in SIZES for each in asked[size]]
    ours, moto = here(whole, asked[50], options.rounds)
    commands = [OURS, f"{OURS} --anew", *options.peer]
    peers = [Peer(command) for command in commands]
    with tempfile.TemporaryDirectory() as folder:
        every, fifty = write(Path(folder, "all.jsonl"), whole), write(Path(folder, "fifty.jsonl"), asked[50])
        for _ in range(options.rounds):
            for command, peer in zip(commands, peers, strict=True):
                apart(command, every, fifty, peer)
    rows = [ours.cells(ours, ours.allowed), moto.cells(ours, ours.allowed)]
    rows += [peer.cells(peers[0], ours.allowed) for peer in peers]
    headers = ["evaluator", "all, 1/s", "50 statements, 1/s", "smsl, times, all", "50", "with start-up, 1/s", "as smsl"]
    table = tabulate(rows, headers, tablefmt="github", disable_numparse=True)
    print(table)
    stamp = f"{datetime.now(UTC):%Y-%m-%d}, medians of {options.rounds} rounds run in turn."
    README.write_text(between(README.read_text(), "evaluators", f"{stamp}\n\n{table}"))
    return 0


if __name__ == "__main__":
    sys.exit(main())

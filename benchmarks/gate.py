"""Measure `smsl audit` of a template and of a plan beside Checkov on the same files, in one run.

Usage: gate.py [--checkov PATH | --checkov get] [--check] [--runs N]
PATH is Checkov's program in an environment of its own; `get` makes one beside this one's packages and keeps it. What
was measured goes into gate.json and from there into the README. With --check nothing is written, and a ratio under its
limit ends the run with exit code 1; without Checkov at hand its recorded processor time stands for it, so much longer
as this machine is slower now.
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
import venv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from machine import slowness
from tabulate import tabulate

HERE = Path(__file__).parent
README, RECORDED = HERE / "README.md", HERE / "gate.json"
SMSL = str(Path(sys.executable).with_name("smsl"))
CHECKOV = "checkov==3.3.30"
KEPT = Path(sys.prefix) / "share" / "checkov"
NARROW = ("--skip-download", "--quiet", "--compact")
"""Nothing is asked of its makers' service, and only failures are printed, in short."""


@dataclass(frozen=True)
class Run:
    """One process with its children: seconds of wall and of processor time, and peak memory in MB."""

    wall: float
    processor: float
    megabytes: float


@dataclass(frozen=True)
class Row:
    """One file, and how many times as fast as Checkov smsl must be on it."""

    what: str
    option: str
    functions: int
    limit: float
    runs: int
    """Of the pairs that are asked for, one in so many: the large files take Checkov a minute."""


ROWS = (
    Row("template, 1 function", "--template", 1, 15.0, 1),
    Row("template, 500 functions", "--template", 500, 10.0, 3),
    Row("plan, 500 functions", "--plan", 500, 10.0, 3),
)


@dataclass(frozen=True)
class Measured:
    """What was measured of one file, pair by pair."""

    row: Row
    ours: tuple[Run, ...]
    theirs: tuple[Run, ...]

    @property
    def ratio(self) -> float:
        """How many times as fast smsl is, as one waits for it: the median of the pairs."""
        return statistics.median(other.wall / one.wall for one, other in zip(self.ours, self.theirs, strict=True))

    def recorded(self) -> dict[str, Any]:
        """Return it for gate.json."""
        return {
            "what": self.row.what,
            "limit": self.row.limit,
            "pairs": len(self.ours),
            "ratio": round(self.ratio, 1),
            "smsl": _medians(self.ours),
            "checkov": _medians(self.theirs),
        }


def _medians(runs: Sequence[Run]) -> dict[str, float]:
    return {
        "wall": round(statistics.median(run.wall for run in runs), 3),
        "processor": round(statistics.median(run.processor for run in runs), 3),
        "megabytes": round(max(run.megabytes for run in runs)),
    }


def once(command: Sequence[str], folder: Path) -> tuple[Run, int]:
    """Run a command to its end, as the operating system accounts it; return that and its exit code."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("AWS_") and name not in ("PYTHONPATH", "PYTHONDONTWRITEBYTECODE")
    }
    with tempfile.TemporaryFile() as sink:
        start = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=sink, stderr=sink)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    scale = 1024 if sys.platform == "linux" else 1024 * 1024
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / scale), process.returncode


def ours(row: Row, folder: Path) -> Run:
    """Run smsl on a file."""
    run, code = once([SMSL, "audit", row.option, name_of(row)], folder)
    if code not in (0, 1):
        raise SystemExit(f"smsl audit {row.option} ended with exit code {code}: there is nothing to measure")
    return run


def theirs(program: str, row: Row, folder: Path) -> Run:
    """Run Checkov on the same file."""
    run, code = once([program, "-f", name_of(row), *NARROW], folder)
    if code not in (0, 1):
        raise SystemExit(f"Checkov ended with exit code {code}: there is nothing to measure")
    return run


def name_of(row: Row) -> str:
    """Return the name of a row's file."""
    return f"{row.functions}.yaml" if row.option == "--template" else f"{row.functions}.json"


@contextmanager
def files() -> Iterator[Path]:
    """Make the files, in a process of its own: a child's peak memory is never less than that of who measures it."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        for functions in sorted({row.functions for row in ROWS}):
            arguments = [folder / f"{functions}.yaml", folder / f"{functions}.json", str(functions)]
            subprocess.run([sys.executable, HERE / "gate_files.py", *arguments], check=True)
        yield folder


def judged(row: Row, folder: Path) -> None:
    """See that smsl judges every function, and finds it readable: a command that does nothing is fast."""
    command = [SMSL, "audit", row.option, name_of(row), "--format", "json"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    verdicts = [each["verdict"] for each in json.loads(done.stdout)["functions"]] if done.stdout else []
    if verdicts != ["readable"] * row.functions:
        raise SystemExit(f"smsl finds {verdicts.count('readable')} of {row.functions} functions readable: {row.what}")


def measure(program: str, row: Row, folder: Path, runs: int) -> Measured:
    """Run both in turn: a ratio pair by pair holds on a machine that drifts."""
    judged(row, folder)
    count = max(1, runs // row.runs)
    if row.runs == 1:
        theirs(program, row, folder)  # the first fills the file system's caches
    pairs = [(ours(row, folder), theirs(program, row, folder)) for _ in range(count)]
    return Measured(row, tuple(one for one, _ in pairs), tuple(other for _, other in pairs))


def installed(asked: str) -> str | None:
    """Return Checkov's program, or None where it cannot be had."""
    if asked != "get":
        return asked
    program = KEPT / "bin" / "checkov"
    if not program.exists():
        print(f"Installing {CHECKOV} in an environment of its own (once, a minute or two) ...")
        venv.create(KEPT, with_pip=True)
        command = [KEPT / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", CHECKOV]
        if subprocess.run(command, check=False).returncode != 0:
            return None
    return str(program)


def table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return the recorded results as a table."""
    cells = [
        [
            row["what"], f"{row['smsl']['wall']:.2f}", f"{row['checkov']['wall']:.2f}", f"{row['ratio']:.1f}",
            f"{row['checkov']['processor'] / row['smsl']['processor']:.1f}", f"{row['limit']:.0f}",
            f"{row['smsl']['megabytes']:.0f}", f"{row['checkov']['megabytes']:.0f}",
        ]
        for row in rows
    ]  # fmt: skip
    headings = [
        "file", "smsl, s", "Checkov, s", "times as fast", "by processor", "at least", "smsl, MB", "Checkov, MB"
    ]  # fmt: skip
    return tabulate(cells, headings, "github", disable_numparse=True)


def record(rows: Sequence[Mapping[str, Any]]) -> None:
    """Write what was measured into gate.json, and from there into the README."""
    from run import between

    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    results = {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": machine,
        "checkov": CHECKOV.rpartition("=")[2],
        "rows": rows,
    }
    RECORDED.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    said = f"{results['date']}, {machine}, Checkov {results['checkov']}, medians of pairs run in turn"
    counts = [row["pairs"] for row in rows]
    pairs = f"{max(counts)} for the small file, {min(counts)} for the others"
    README.write_text(between(README.read_text(), "gate", f"{said}: {pairs}.\n\n{table(rows)}"))


def beside_recorded(folder: Path) -> list[str]:
    """Return what misses its limit against Checkov's recorded processor time."""
    if not RECORDED.exists():
        raise SystemExit("Nothing is recorded of Checkov yet: run gate.py --checkov get")
    results = json.loads(RECORDED.read_text(encoding="utf-8"))
    recorded = {row["what"]: row["checkov"]["processor"] for row in results["rows"]}
    missed = []
    for row in ROWS:
        judged(row, folder)
        most = recorded[row.what] / row.limit * slowness()
        took = statistics.median(ours(row, folder).processor for _ in range(3))
        print(f"{row.what}: {took:.2f} s of processor time (limit {most:.2f}, by Checkov's of {results['date']})")
        if took > most:
            missed.append(row.what)
    return missed


def main() -> int:
    """Measure, and record or check."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--checkov", help="Checkov's program, or `get`")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--runs", type=int, default=9)
    options = parser.parse_args()
    program = installed(options.checkov) if options.checkov else None
    with files() as folder:
        if program is None:
            print("Without Checkov at hand, what was recorded of it stands for it.")
            missed = beside_recorded(folder)
        else:
            measured = [measure(program, row, folder, options.runs) for row in ROWS]
            rows = [each.recorded() for each in measured]
            print(table(rows))
            missed = [each.row.what for each in measured if each.ratio < each.row.limit]
            if not options.check:
                record(rows)
    for what in missed:
        print(f"misses its limit: {what}", file=sys.stderr)
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())

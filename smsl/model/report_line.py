"""Lambda's own lines about an invocation: written by the lab, read by the bench, one form for both.

Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html and
https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isfinite

_FIELDS = re.compile(r"^(?P<name>[A-Z][A-Za-z -]*?): (?P<value>.*?)(?: (?:ms|MB))?$")


@dataclass(frozen=True, slots=True)
class ReportLine:
    """The REPORT line of one invocation."""

    request_id: str
    duration: float
    """Milliseconds from the event to the moment when runtime and extensions were done."""
    billed: float
    """Milliseconds."""
    memory_size: int
    """Megabytes that the function has."""
    memory_used: int
    """The most megabytes that the environment has used so far."""
    init: float | None = None
    """Milliseconds of initialisation before this, the first, invocation; None for any other."""
    restore: float | None = None
    """Milliseconds to restore a SnapStart snapshot."""
    status: str | None = None
    """`timeout` or `error`; None when it went well, and when only the handler raised."""
    error_type: str | None = None
    """`Runtime.ExitError` and so on."""

    def __str__(self) -> str:
        """Write the line as Lambda does, without its end; one that went well ends with a tab."""
        parts = [
            f"REPORT RequestId: {self.request_id}",
            f"Duration: {self.duration:.2f} ms",
            f"Billed Duration: {self.billed:.0f} ms",
            f"Memory Size: {self.memory_size} MB",
            f"Max Memory Used: {self.memory_used} MB",
        ]
        if self.init is not None:
            parts.append(f"Init Duration: {self.init:.2f} ms")
        if self.restore is not None:
            parts.append(f"Restore Duration: {self.restore:.2f} ms")
        parts += _status(self.status, self.error_type) or [""]
        return "\t".join(parts)


@dataclass(frozen=True, slots=True)
class InitReportLine:
    """The INIT_REPORT line of an initialisation, written when it failed."""

    duration: float
    """Milliseconds."""
    phase: str
    """`init`, or `invoke` where it is made up for within an invocation."""
    status: str | None = None
    error_type: str | None = None

    def __str__(self) -> str:
        """Write the line as Lambda does, without its end."""
        parts = [f"INIT_REPORT Init Duration: {self.duration:.2f} ms", f"Phase: {self.phase}"]
        return "\t".join(parts + _status(self.status, self.error_type))


@dataclass(frozen=True, slots=True)
class LogTail:
    """What Lambda says of an invocation in the last part of its log."""

    report: ReportLine | None
    """None when the log was cut before it, or there is none."""
    inits: tuple[InitReportLine, ...]


def parse_tail(text: str) -> LogTail:
    """Read the lines of Lambda's own from a log, in its text format or as JSON; all others are passed over."""
    report, inits = None, []
    for line in text.splitlines():
        found = _json_line(line) if line.startswith("{") else _text_line(line)
        if isinstance(found, ReportLine):
            report = found
        elif found is not None:
            inits.append(found)
    return LogTail(report, tuple(inits))


def _status(status: str | None, error_type: str | None) -> list[str]:
    parts = [f"Status: {status}"] if status else []
    return [*parts, f"Error Type: {error_type}"] if error_type else parts


def _text_line(line: str) -> ReportLine | InitReportLine | None:
    kind, _, rest = line.partition(" ")
    if kind not in {"REPORT", "INIT_REPORT"}:
        return None
    found = dict(_fields(rest))
    try:
        if kind == "INIT_REPORT":
            duration = _number(found["Init Duration"])
            return InitReportLine(duration, found["Phase"], found.get("Status"), found.get("Error Type"))
        return ReportLine(
            found["RequestId"],
            _number(found["Duration"]),
            _number(found["Billed Duration"]),
            int(found["Memory Size"]),
            int(found["Max Memory Used"]),
            _number_if_any(found.get("Init Duration")),
            _number_if_any(found.get("Restore Duration")),
            found.get("Status"),
            found.get("Error Type"),
        )
    except (KeyError, ValueError):
        return None  # a line that begins like it, printed by somebody else


def _fields(rest: str) -> Iterator[tuple[str, str]]:
    for part in rest.split("\t"):
        found = _FIELDS.match(part.strip())
        if found:
            yield found["name"], found["value"]


def _json_line(line: str) -> ReportLine | InitReportLine | None:
    """Read an event of the schema that the Telemetry API and JSON logs share.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html
    """
    try:
        event = json.loads(line)
        record, kind = event["record"], event["type"]
        metrics = record["metrics"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    try:
        if kind == "platform.initReport":
            return InitReportLine(
                _number(metrics["durationMs"]), record["phase"], _failed(record), record.get("errorType")
            )
        if kind != "platform.report":
            return None
        return ReportLine(
            record["requestId"],
            _number(metrics["durationMs"]),
            _number(metrics["billedDurationMs"]),
            int(metrics["memorySizeMB"]),
            int(metrics["maxMemoryUsedMB"]),
            _number_if_any(metrics.get("initDurationMs")),
            _number_if_any(metrics.get("restoreDurationMs")),
            _failed(record),
            record.get("errorType"),
        )
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def _failed(record: Mapping[str, str]) -> str | None:
    status = record.get("status")
    return None if status in {None, "success"} else status


def _number(text: str | float) -> float:
    """Return a number of Lambda's; anybody may print a line that looks like its own, with `nan` in it.

    Raises:
        ValueError: It is none, or not finite.
    """
    number = float(text)
    if not isfinite(number):
        raise ValueError
    return number


def _number_if_any(text: str | float | None) -> float | None:
    return None if text is None else _number(text)

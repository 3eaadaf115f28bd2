"""Lambda's own lines about an invocation: written by the lab, read by the bench, one form for both.

Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html and
https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_FIELDS = re.compile(r"^(?P<name>[A-Z][A-Za-z -]*?): (?P<value>.*?)(?: (?:ms|MB))?$")
_NUMBER = re.compile(r"[0-9]{1,12}(\.[0-9]{1,6})?")
_LARGEST = 10**12
"""No measurement of Lambda's comes near it; what does is somebody else's."""


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
            return InitReportLine(
                _number(found["Init Duration"]), found["Phase"], found.get("Status"), found.get("Error Type")
            )
        return ReportLine(
            found["RequestId"],
            _number(found["Duration"]),
            _number(found["Billed Duration"]),
            int(_number(found["Memory Size"])),
            int(_number(found["Max Memory Used"])),
            _optional(found.get("Init Duration")),
            _optional(found.get("Restore Duration")),
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
        if kind == "platform.initReport":
            return InitReportLine(_number(metrics["durationMs"]), _text(record["phase"]), *_failed(record))
        if kind != "platform.report":
            return None
        return ReportLine(
            _text(record["requestId"]),
            _number(metrics["durationMs"]),
            _number(metrics["billedDurationMs"]),
            int(_number(metrics["memorySizeMB"])),
            int(_number(metrics["maxMemoryUsedMB"])),
            _optional(metrics.get("initDurationMs")),
            _optional(metrics.get("restoreDurationMs")),
            *_failed(record),
        )
    except (KeyError, TypeError, ValueError, RecursionError):
        return None  # an event of somebody else's, or no JSON that anybody could read


def _failed(record: Mapping[str, object]) -> tuple[str | None, str | None]:
    """Return status and error type; no status when it went well."""
    status, error_type = record.get("status"), record.get("errorType")
    return (
        None if status in (None, "success") else _text(status),
        None if error_type is None else _text(error_type),
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("no text")  # noqa: TRY004 -- what came has another form, like any other that is not Lambda's
    return value


def _number(value: object) -> float:
    """Return a number of a line or an event.

    Raises:
        ValueError: It is none, or none that Lambda would write.
    """
    match value:
        case str() if _NUMBER.fullmatch(value):
            return float(value)
        case int() | float() if not isinstance(value, bool) and 0 <= value <= _LARGEST:
            return float(value)
    raise ValueError("no number")


def _optional(value: object) -> float | None:
    return None if value is None else _number(value)

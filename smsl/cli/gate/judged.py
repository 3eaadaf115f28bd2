"""What a gate makes of a report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from smsl.cli.gate.gate import Gate
from smsl.gate.decide import Exit, exit_code
from smsl.gate.suppress import Trust, same, standing, suppressed
from smsl.gate.thresholds import kept
from smsl.model.errors import SmslError
from smsl.model.report import Report
from smsl.model.suppression import Applied, Standing


@dataclass(frozen=True, slots=True)
class Judged:
    """A report as it is shown, and what the command exits with."""

    report: Report
    code: Exit


def judge(report: Report, gate: Gate) -> Judged:
    """Return what is shown of a report, and the exit code; a new baseline is written first.

    Raises:
        SmslError: The baseline cannot be written.
    """
    told = _told(report, gate)
    if gate.file is not None and report.subjects:
        from smsl.cli.gate.baselines import write_baseline
        from smsl.gate.baseline import compared, recorded

        baseline = gate.baseline
        if baseline is None:
            baseline = recorded(told)
            write_baseline(gate.file, baseline)
        told = compared(told, baseline, str(gate.file), narrowed=gate.narrowed)
    shown = kept(told, gate.min_severity, gate.min_confidence)
    return Judged(shown, exit_code(shown, gate.fail_on, fail_on_unknown=gate.fail_on_unknown))


def prune(report: Report, gate: Gate) -> None:
    """Take out of the baseline what is no longer found.

    Raises:
        SmslError: Too little was seen for that, or it cannot be written.
    """
    from smsl.checks import CHECKS
    from smsl.cli.gate.baselines import write_baseline
    from smsl.gate.baseline import compared, pruned

    if gate.file is None or gate.baseline is None or not report.subjects:
        raise SmslError("No function was audited, so nothing is known to be gone.", "Audit what the baseline is of.")
    told = _told(report, gate)
    if compared(told, gate.baseline, str(gate.file)).new_gaps:
        raise SmslError("Something could not be read, so nothing is known to be gone.", "See: smsl audit")
    rules = {check.RULE.id for check in CHECKS}
    left = pruned(told, gate.baseline, rules=rules, narrowed=gate.narrowed)
    write_baseline(gate.file, left, gate.baseline)


def _told(report: Report, gate: Gate) -> Report:
    moment = report.taken_at
    known = None if gate.baseline is None else frozenset(gate.baseline.suppressions)
    trust, trusted = Trust(gate.inline, known, gate.revision), gate.settings.suppressions
    applied = [standing(each, moment, trust) for each in (*trusted, *report.inline)]
    untrusted = (each for each in gate.here.suppressions if not any(same(each, other) for other in trusted))
    applied += [Applied(each, Standing.UNTRUSTED, new=True) for each in untrusted]
    told = suppressed(report, applied)
    return replace(told, previews=gate.previews, since=trust.since, notices=(*report.notices, *_configured_by(gate)))


def _configured_by(gate: Gate) -> Iterator[str]:
    if gate.settings.file is not None:
        yield f"Configured by {gate.settings.file}{f' of {gate.revision}' if gate.revision else ''}."

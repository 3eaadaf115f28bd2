"""From a Snapshot to a Report: assess, check, and propose what turns the verdict."""

from __future__ import annotations

from smsl import __version__
from smsl.assess.evidence import assess
from smsl.checks import CHECKS
from smsl.fixes.propose import fix_for
from smsl.model.finding import Area, Finding
from smsl.model.report import Report
from smsl.model.snapshot import OriginKey, Snapshot
from smsl.sources.tables import extension_layers

ALL_AREAS = frozenset(Area)


def audit(snapshot: Snapshot, only: frozenset[Area] = ALL_AREAS) -> Report:
    """Return the report of a snapshot: the same facts give the same report, whenever it is asked for.

    Args:
        snapshot: The facts.
        only: The areas whose rules are checked; the verdicts are the same whatever is left out.
    """
    from dataclasses import replace

    evidence = assess(snapshot)
    checks = [check for check in CHECKS if check.RULE.area in only]
    found = [finding for check in checks for finding in check.check(evidence)]
    fixed = [placed(replace(each, fix=each.fix or fix_for(evidence, each)), snapshot) for each in found]
    return Report(
        tool=f"smsl {__version__}",
        source=snapshot.source,
        taken_at=snapshot.taken_at,
        subjects=evidence.subjects,
        findings=tuple(sorted(fixed, key=order)),
        rules=tuple(check.RULE for check in checks),
        gaps=snapshot.gaps,
        assumptions=snapshot.assumptions,
        inline=snapshot.suppressions,
        tables={"extension layers": extension_layers().date, **snapshot.tables},
    )


def placed(finding: Finding, snapshot: Snapshot) -> Finding:
    """Return a finding with the places where it is written down, the nearest first; none for what was read live."""
    from dataclasses import replace

    if not snapshot.origins:
        return finding
    function = finding.function
    if (function,) not in snapshot.origins:
        function = function.rpartition(":")[0]  # an alias or a version of it
    keys: list[OriginKey] = [("statement", policy, str(index)) for policy, index in finding.statements]
    keys += [("policy", policy) for policy, _ in finding.statements]
    keys += [("variable", function, finding.variable), ("layer", function, finding.resource)]
    keys += [(finding.resource,), *((part,) for part in finding.resource.split(",")), (function,)]
    found = list(dict.fromkeys(snapshot.origins[key] for key in keys if key in snapshot.origins))
    return replace(finding, location=found[0], related=tuple(found[1:])) if found else finding


def order(finding: Finding) -> tuple[int, str, str, str]:
    """Return what findings are sorted by: the worst first."""
    return (-int(finding.severity), finding.function, finding.rule.id, finding.resource)

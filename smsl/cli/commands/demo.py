"""``smsl demo``: an audit of the embedded sample account, and a short bench."""

from __future__ import annotations

from dataclasses import replace

from smsl.cli.show import show


def command() -> None:
    """Audit the embedded sample account, show one blocked function in full, and run a short bench."""
    _audit()
    _bench()


def _audit() -> None:
    from smsl.audit import audit
    from smsl.cli.commands.audit import live
    from smsl.lab.sample import SAMPLE
    from smsl.model.evidence import Verdict
    from smsl.render import console
    from smsl.render.headline import ORDER, several, table

    snapshot = live([each.name for each in SAMPLE], lab=True)
    report = audit(snapshot)
    subjects = sorted(report.subjects, key=lambda each: (ORDER[each.verdict], each.function.label))
    show("\n".join([*several(subjects, 80), "", *table(subjects, 80), ""]) + "\n")
    places = {each.name: place for place, each in enumerate(SAMPLE)}
    blocked = [each for each in subjects if each.verdict is Verdict.BLOCKED]
    if not blocked:
        return
    first = min(blocked, key=lambda each: places.get(each.function.name, len(places)))
    arns = {first.function.arn, first.function.qualified_arn}
    findings = tuple(each for each in report.findings if each.function in arns)
    show(console.render(replace(report, subjects=(first,), findings=findings)))
    show("\nAny other in full: smsl audit --lab FUNCTION\n\n")


def _bench() -> None:
    """Measure a little of each strategy: enough for the calls, too little for the times."""
    from smsl.bench.place import in_lab, lab_runtimes
    from smsl.bench.plan import Plan
    from smsl.cli.bench.brief import brief
    from smsl.lab.latency import SECRETS_MANAGER

    plan = Plan(runtimes=lab_runtimes(("python",)), cold=3, warm=30, warmup=0, rotation=False, latency=SECRETS_MANAGER)
    with in_lab(plan, None) as place:
        show(brief(plan, place))

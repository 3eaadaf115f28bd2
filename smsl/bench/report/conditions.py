"""Under what conditions a run was made, in words: a report that is read alone must say them."""

from __future__ import annotations

from smsl.bench.names import Phase, Strategy
from smsl.bench.plan import Placement
from smsl.bench.result import Result
from smsl.bench.sample import Calls
from smsl.render.page import counted, listed

_COUNTED_BY = {
    "service": "counted where they arrive",
    "handler": "as the handlers counted them",
    "cloudtrail": "as CloudTrail recorded them",
}


def asked(result: Result) -> str:
    """Return what the run was asked to do, and of how many samples its times are."""
    plan = result.plan
    runtimes = listed(f"{name} ({words})" for name, words in result.conditions.runtimes.items())
    said = [runtimes, counted(plan.secrets, "secret"), f"TTL {plan.ttl} s", f"{plan.memory} MB"]
    early = _fetching_in_init(result)
    if early:
        said.append(f"{' and '.join(early)} {'fetches' if len(early) == 1 else 'fetch'} in init")
    if plan.at_once > 1:
        said.append(f"{plan.at_once} environments at once")
    said += [_numbers(result, Phase.COLD), _numbers(result, Phase.WARM), f"seed {plan.seed}"]
    return ", ".join(filter(None, said))


def _fetching_in_init(result: Result) -> list[str]:
    """Return the strategies that do; a cache that keeps nothing has nothing to prepare."""
    if result.plan.placement is not Placement.INIT:
        return []
    may = (Strategy.SDK, Strategy.CACHE) if result.plan.ttl else (Strategy.SDK,)
    measured = {row.series.strategy for row in result.rows}
    return [each.value for each in may if each in measured]


def of_lab(result: Result, machine: str) -> str:
    """Return what to make of numbers from the lab; `machine` is how the report calls the one that it ran on."""
    conditions = result.conditions
    emulated = "an emulation" if conditions.extension == "emulated" else "the binary that was given"
    extension = f" The extension is {emulated}." if conditions.extension else ""
    return (
        f"call counts are exact; times rank on {machine} only.{extension} Service latency {conditions.latency}."
        f" {len(conditions.assumptions)} behaviours assumed: smsl explain lab."
    )


def of_aws(result: Result) -> str:
    """Return where on AWS a run was made, and who counted its calls."""
    conditions = result.conditions
    layer = conditions.extension.rpartition(":layer:")[2] or "not used"
    known = (row.series.calls for row in result.rows)
    counting = listed(_COUNTED_BY[each.basis] for each in known if isinstance(each, Calls))
    calls = f"; calls to Secrets Manager {counting}" if counting else ""
    return f"{conditions.region}; extension {layer}{calls}"


def undecided(result: Result) -> str:
    """Return what the lab leaves undecided; empty where that is nothing."""
    return listed(each for month in result.months for each in month.recommendation.undecided)


def _numbers(result: Result, phase: Phase) -> str:
    """Return of how many samples the times of a phase are."""
    counts = {(row.cold if phase is Phase.COLD else row.warm).n for row in result.rows}
    least, most = min(counts, default=0), max(counts, default=0)
    number = f"{most:,}" if least == most else f"{least:,} to {most:,}"
    noun = "cold start" if phase is Phase.COLD else "warm invocation"
    return f"{number} {noun}{'' if most == 1 else 's'} of each"

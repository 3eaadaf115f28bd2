"""The result as plain data, schema ``smsl.bench/1``: what is saved, compared and held to thresholds.

The contract is changed only by adding; ``bench.schema.json`` beside this module describes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from smsl import __version__
from smsl.bench.compare import Comparison
from smsl.bench.cost import BreakEven, Cost
from smsl.bench.names import Phase
from smsl.bench.percentiles import Percentile
from smsl.bench.quality import Remark
from smsl.bench.result import Monthly, Pair, PhaseResult, Result, Row
from smsl.bench.sample import Calls, Stale
from smsl.model.unknown import Maybe, Unknown
from smsl.render.neutral import json_text

SCHEMA = "smsl.bench/1"


def render(result: Result) -> str:
    """Return the result as one JSON document with a final line end."""
    return json_text(document(result), indent=1) + "\n"


def document(result: Result) -> dict[str, Any]:
    """Return the result as plain data, in the shape of the schema. Times in milliseconds."""
    plan, conditions = result.plan, result.conditions
    return {
        "schema": SCHEMA,
        "tool": __version__,
        "run": conditions.run,
        "target": plan.target.value,
        "conditions": {
            "started": conditions.started,
            "interrupted": conditions.interrupted,
            "region": conditions.region,
            "runtimes": dict(conditions.runtimes),
            "extension": conditions.extension or None,
            "machine": conditions.machine or None,
            "service_latency": conditions.latency or None,
            "assumptions": list(conditions.assumptions),
            "seed": plan.seed,
            "cold": plan.cold,
            "warm": plan.warm,
            "warmup": plan.warmup,
            "at_once": plan.at_once,
            "secrets": plan.secrets,
            "ttl": plan.ttl,
            "placement": plan.placement.value,
            "memory_mb": plan.memory,
            "architecture": plan.architecture,
            "throttled": plan.throttled,
            "failing": plan.failing,
        },
        "results": [_row(row) for row in result.rows],
        "comparisons": [_pair(pair) for pair in result.pairs],
        "cost": {
            "traffic": {
                "invocations": result.traffic.invocations,
                "environments": result.traffic.environments,
                "secrets": result.traffic.secrets,
                "ttl": result.traffic.ttl,
                "cold_starts": result.traffic.cold_starts,
                "memory_mb": result.traffic.memory_mb,
                "architecture": result.traffic.architecture,
                "customer_key": result.traffic.keyed_secrets > 0,
                "keyed_secrets": result.traffic.keyed_secrets,
            },
            "prices": {
                "region": result.prices.region, "date": result.prices.date, "currency": result.prices.currency,
            },
            "months": [_month(month) for month in result.months],
        },
    }  # fmt: skip


def _row(row: Row) -> dict[str, Any]:
    return {
        "strategy": row.series.strategy.value,
        "runtime": row.series.runtime,
        "cold": _phase(row.cold),
        "warm": _phase(row.warm),
        "api_calls": _calls(row.series.calls),
        "memory_mb": row.memory_mb,
        "stale_after_rotation": _stale(row.series.stale),
        "samples": {phase.value: [round(each, 4) for each in row.series.times(phase)] for phase in Phase},
    }


def _phase(phase: PhaseResult) -> dict[str, Any]:
    return {
        "n": phase.n,
        **{name: _percentile(each) for name, each in phase.percentiles.items()},
        "parts": {name: round(value, 4) for name, value in phase.parts.items()},
        "billed_mean": phase.billed,
        "excluded": dict(phase.excluded),
        "remarks": [_remark(each) for each in phase.remarks],
    }


def _percentile(found: Maybe[Percentile]) -> dict[str, Any]:
    if isinstance(found, Unknown):
        return {"unknown": found.reason}
    return {
        "value": round(found.value, 4),
        "low": round(found.low, 4),
        "high": round(found.high, 4),
        "n": found.n,
        "coverage": round(found.coverage, 4),
        "open_above": found.open_above,
    }


def _remark(remark: Remark) -> dict[str, Any]:
    return {"kind": remark.kind.value, "sentence": remark.sentence, "numbers": dict(remark.numbers)}


def _calls(calls: Maybe[Calls]) -> dict[str, Any]:
    if isinstance(calls, Unknown):
        return {"unknown": calls.reason, "needs": list(calls.needs)}
    return {
        "per_cold_start": calls.per_cold_start,
        "per_100_warm": calls.per_100_warm,
        "total": calls.cold + calls.warm,
        "counted": {"cold": calls.cold, "of": calls.colds, "warm": calls.warm, "of_warm": calls.warms},
        "basis": calls.basis,
    }


def _stale(stale: Maybe[Stale]) -> dict[str, Any]:
    if isinstance(stale, Unknown):
        return {"unknown": stale.reason, "needs": list(stale.needs)}
    return {"kind": stale.kind, "old_at_s": stale.old_at, "new_at_s": stale.new_at}


def _pair(pair: Pair) -> dict[str, Any]:
    head = {"runtime": pair.runtime, "phase": pair.phase.value, "a": pair.a, "b": pair.b}
    return {**head, **comparison(pair.found)}


def comparison(found: Maybe[Comparison]) -> Mapping[str, Any]:
    """Return a comparison as plain data, or why there is none."""
    if isinstance(found, Unknown):
        return {"unknown": found.reason}
    return {
        "ratio": found.ratio,
        "low": found.low,
        "high": found.high,
        "p_value": found.p_value,
        "significant": found.significant,
        "n_a": found.n_a,
        "n_b": found.n_b,
    }


def _month(month: Monthly) -> dict[str, Any]:
    choice = month.recommendation
    return {
        "runtime": month.runtime,
        "strategies": [_cost(cost) for cost in month.costs],
        "break_evens": [_even(each) for each in month.break_evens],
        "recommendation": {
            "strategy": choice.strategy.value if choice.strategy else None,
            "reason": choice.reason,
            "undecided": list(choice.undecided),
        },
    }


def _cost(cost: Cost) -> dict[str, Any]:
    compute, total = cost.compute, cost.total
    return {
        "strategy": cost.strategy.value,
        "calls": cost.calls,
        "api": cost.api,
        "kms": cost.kms,
        "storage": cost.storage,
        "compute": {"unknown": compute.reason} if isinstance(compute, Unknown) else compute,
        "total": {"unknown": total.reason} if isinstance(total, Unknown) else total,
    }


def _even(even: BreakEven) -> dict[str, Any]:
    return {
        "a": even.a.value,
        "b": even.b.value,
        "cheaper": even.cheaper.value if even.cheaper else None,
        "invocations": even.invocations,
    }

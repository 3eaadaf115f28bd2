"""The solver against a second opinion that sends one packet at a time: they never contradict each other."""

from __future__ import annotations

import importlib.util
import random
import sys
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smsl.cli.reach import judge

HERE = Path(__file__).parent
KINDS = {
    "endpoint": ("endpoint", "both", "dualstack", "nothing"),
    "nat": ("nat", "regional", "instance"),
    "ipv6": ("ipv6",),
    "tgw": ("transit", "egress"),
    "peering": ("peered",),
}
QUICK = settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow])
LONG = settings(QUICK, max_examples=2000)


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"net_{name}", HERE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


edits, wear, oracle = load("edits"), load("wear"), load("oracle")


def agrees(kind: str, seed: int) -> None:
    """Compare subnet by subnet: where the solver is sure, every packet, no packet or some packets pass."""
    rng = random.Random(seed)  # noqa: S311  -- a seed makes a network, not a secret
    case = wear.wear(edits.base(rng.choice(KINDS[kind])), rng, rng.randint(0, 6))
    for subnet, verdict in judge("case", case)["per_subnet"].items():
        try:
            opinion = oracle.opinion(case, subnet)
        except oracle.UnsureError:
            assert verdict in {"unknown", "unreachable"}
            continue
        assert verdict in {"unknown", opinion}


@QUICK
@given(st.sampled_from(sorted(KINDS)), st.integers(0, 2**32))
def test_the_solver_agrees_with_single_packets(kind: str, seed: int) -> None:
    agrees(kind, seed)


@pytest.mark.verify
@pytest.mark.timeout(3600)
@LONG
@given(st.sampled_from(sorted(KINDS)), st.integers(0, 2**32))
def test_the_solver_agrees_with_single_packets_at_length(kind: str, seed: int) -> None:
    agrees(kind, seed)


@pytest.mark.parametrize(("name", "verdict"), [(name, "reachable") for names in KINDS.values() for name in names[:1]])
def test_the_oracle_lets_packets_pass_where_all_is_well(name: str, verdict: str) -> None:
    case = edits.base(name)
    assert {oracle.opinion(case, subnet) for subnet in case["function"]["SubnetIds"]} == {verdict}

"""The drawing of a path leaves nothing out that stops a packet, and invents nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smsl.model.evidence import Access
from smsl.model.reach import Blocker, Hop, Path, Reach, Trace, Verdict
from smsl.model.report import Report
from smsl.render.drawing import path_lines

KINDS = ["subnet", "dns", "route", "endpoint", "security_group", "network_acl", "nat", "gateway", "something_new"]
IDS = st.sampled_from(["rtb-1", "sg-1,sg-2", "eni-1", "eni-2", "acl-1", "nat-1", "x" * 60, "vpce-0123456789abcdef0"])
HOPS = st.lists(
    st.builds(Hop, IDS, st.sampled_from(KINDS), st.sampled_from([True, True, True, False, None]), st.just("because")),
    max_size=9,
)


@pytest.fixture(scope="module")
def an_access(reports: dict[str, Callable[[Callable[[str], str]], Report]]) -> Access:
    return reports["readable"](str).subjects[0].accesses[0]


def reached(traces: dict[str, Trace]) -> Reach:
    blockers = tuple(
        Blocker("FN_SG_EGRESS", hop.component, hop.because)
        for trace in traces.values()
        for hop in trace.hops
        if hop.passed is False
    )
    return Reach(Verdict.PARTIAL, Path.NONE, blockers, (), traces, "secretsmanager.eu-west-1.amazonaws.com")


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(["subnet-1", "subnet-2", "subnet-3"]), HOPS, min_size=1), st.booleans())
def test_every_stop_is_marked_and_every_subnet_named(
    an_access: Access, found: dict[str, list[Hop]], full: bool
) -> None:
    traces = {
        name: Trace(Verdict.REACHABLE if all(hop.passed for hop in hops) else Verdict.UNREACHABLE, tuple(hops))
        for name, hops in found.items()
    }
    lines = path_lines(replace(an_access, reach=reached(traces)), 80, full=full)
    text = "\n".join(lines)
    for name, trace in traces.items():
        assert name in text
        assert full or trace.verdict is not Verdict.REACHABLE or re.search(rf"{name}\b.*: ok", text.replace("\n", " "))
    stops = {(hop.component, hop.kind) for trace in traces.values() for hop in trace.hops if hop.passed is False}
    marked = [line for line in lines if line.startswith("    X")]
    assert len(marked) >= len(stops)
    assert all(any(component.split(",")[0] in line for line in marked) for component, _ in stops)
    assert text.count("BLOCKED") == len(marked) if stops else not marked
    assert all(len(line) <= 80 or "x" * 60 in line for line in lines)


def test_outside_a_vpc_there_is_nothing_to_draw(an_access: Access) -> None:
    assert path_lines(replace(an_access, reach=None), 80, full=True) == []


def test_a_path_of_lambdas_own_has_no_hops(an_access: Access) -> None:
    reach = replace(reached({}), verdict=Verdict.REACHABLE)
    assert path_lines(replace(an_access, reach=reach), 80, full=True) == []

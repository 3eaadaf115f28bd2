"""Answers that are broken, cut short or of a later API: unknown with the reason, or no difference, never a guess."""

from __future__ import annotations

import importlib.util
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smsl.cli.reach import judge

HERE = Path(__file__).parent
SPEC = importlib.util.spec_from_file_location("net_edits", HERE / "edits.py")
assert SPEC is not None
assert SPEC.loader is not None
edits = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(edits)

SERVICES = ("ec2", "route53", "route53resolver")
FILES = sorted([*(HERE / "cases").glob("*.json"), *(HERE / "bases").glob("*.json")])
CASES = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in FILES}
CASES["hostnames-off"] = edits.edited(
    CASES["both"], [["set", ["ec2", "DescribeVpcAttribute", "vpc-a", "EnableDnsHostnames", "Value"], False]]
)
CASES["shut-endpoint"] = edits.edited(
    CASES["both"], [["set", ["ec2", "DescribeSecurityGroups", "SecurityGroups", "sg-ep", "IpPermissions"], []]]
)
BEFORE = {name: judge(name, case)["verdict"] for name, case in CASES.items()}
QUICK = settings(deadline=None, max_examples=120, suppress_health_check=[HealthCheck.too_slow])
LONG = settings(QUICK, max_examples=5000)
ENUMERATED = frozenset(
    {
        *("State", "Code", "RuleAction", "Protocol", "IpProtocol", "VpcEndpointType", "DnsRecordIpType"),
        *("ConnectivityType", "AvailabilityMode", "InternetGatewayBlockMode", "Type"),
    }
)
GONE = object()


def members(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every member of every mapping."""
    rows = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in rows:
        if isinstance(node, dict):
            yield (*path, key)
        yield from members(child, (*path, key))


PLACES = {name: [(s, *p) for s in SERVICES for p in members(case[s])] for name, case in CASES.items()}


def broken(case: dict[str, Any], path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    """Return a case with one member replaced, or gone; the rest is shared."""
    made = dict(case)
    node: Any = made
    for key in path[:-1]:
        child = node[key]
        node[key] = dict(child) if isinstance(child, dict) else list(child)
        node = node[key]
    if value is GONE:
        del node[path[-1]]
    else:
        node[path[-1]] = value
    return made


MAY_BE_ABSENT = frozenset({"Association"})


def wrong(found: Any, name: str) -> list[Any]:
    """Return what a member must not be: absent, null, of another type, or of a later API."""
    if name in ENUMERATED and isinstance(found, str):
        return [GONE, None, 7, {}, [], "of-a-later-api"]
    if name in MAY_BE_ABSENT:
        return [7, "text", []]
    if isinstance(found, (dict, list)):
        return [GONE, None, 7, "text", [] if isinstance(found, dict) else {}]
    return [GONE, None, {}, [], *(["text"] if isinstance(found, (int, float)) else [7])]


def holds(name: str, path: tuple[Any, ...]) -> None:
    case = CASES[name]
    found: Any = case
    for key in path:
        found = found[key]
    for value in wrong(found, str(path[-1])):
        after = judge(name, broken(case, path, value))
        assert after["verdict"] in {BEFORE[name], "unknown"}, (path, "gone" if value is GONE else value)
        if after["verdict"] == "unknown" != BEFORE[name]:
            assert after["blockers"]
            assert any(one["detail"] for one in after["details"])


@QUICK
@given(st.sampled_from(sorted(CASES)), st.randoms(use_true_random=False))
def test_one_broken_member(name: str, rng: random.Random) -> None:
    holds(name, rng.choice(PLACES[name]))


@pytest.mark.verify
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", sorted(CASES))
def test_every_broken_member(name: str) -> None:
    for path in PLACES[name]:
        holds(name, path)


def torn(name: str, rng: random.Random) -> None:
    """Break several members at once: any verdict will do, and no exception."""
    case = CASES[name]
    for _ in range(rng.randint(2, 5)):
        path = rng.choice(PLACES[name])
        try:
            case = broken(
                case, path, rng.choice([GONE, None, "", "text", 7, -1, True, [], {}, [None], ["x"], {"a": 1}, 1.5])
            )
        except (KeyError, IndexError, TypeError):
            continue  # what holds the member is broken already
    assert judge(name, case)["verdict"] in {"reachable", "unreachable", "partial", "unknown"}


@QUICK
@given(st.sampled_from(sorted(CASES)), st.randoms(use_true_random=False))
def test_several_broken_members(name: str, rng: random.Random) -> None:
    torn(name, rng)


@pytest.mark.verify
@pytest.mark.timeout(3600)
@LONG
@given(st.sampled_from(sorted(CASES)), st.randoms(use_true_random=False))
def test_several_broken_members_at_length(name: str, rng: random.Random) -> None:
    torn(name, rng)

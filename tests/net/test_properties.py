"""What holds for every network: closing never opens, names and order do not matter, not knowing is not knowing."""

from __future__ import annotations

import copy
import hashlib
import importlib.util
import json
import random
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smsl.cli.reach import judge

HERE = Path(__file__).parent


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"net_{name}", HERE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


edits, wear = load("edits"), load("wear")

KINDS = {
    "endpoint": ("endpoint", "both", "dualstack", "nothing"),
    "nat": ("nat", "both", "regional", "instance"),
    "ipv6": ("ipv6", "dualstack"),
    "tgw": ("transit", "egress"),
    "peering": ("peered",),
    "recorded": tuple(path.stem for path in sorted((HERE / "cases").glob("*.json"))),
}
BASES = {
    name: edits.base(name) if kind != "recorded" else json.loads((HERE / "cases" / f"{name}.json").read_text("utf-8"))
    for kind, names in KINDS.items()
    for name in names
}
QUICK = settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
LONG = settings(QUICK, max_examples=2000)
# A partial way may become unknown (which public addresses Secrets Manager has is in no answer), but never open.
OPENNESS = {"unreachable": {"unreachable"}, "partial": {"unreachable", "partial", "unknown"}}
KIND, SEED = st.sampled_from(sorted(KINDS)), st.integers(0, 2**32)
IDS = re.compile(
    r"\b(tgw-attach|tgw-rtb|tgw|vpce|vpc|subnet|sg|acl|rtb|nat|igw|eigw|eni|pcx|pl|dopt|rslvr-rr|rslvr-frg)-([a-z0-9]+)"
)


def worn(kind: str, seed: int) -> tuple[dict[str, Any], random.Random]:
    """Return a network of a kind with up to five changes, and the randomness that is left."""
    rng = random.Random(seed)  # noqa: S311  -- a seed makes a network, not a secret
    name = rng.choice(KINDS[kind])
    return (wear.wear(BASES[name], rng, rng.randint(0, 5)) if kind != "recorded" else copy.deepcopy(BASES[name])), rng


def verdicts(case: dict[str, Any]) -> dict[str, str]:
    found = judge("case", case)
    return {"": found["verdict"], **found["per_subnet"]}


def never_opens(before: dict[str, str], after: dict[str, str]) -> None:
    for name, verdict in before.items():
        assert after[name] in OPENNESS.get(verdict, {"unreachable", "partial", "unknown", verdict}), name


def closing(kind: str, seed: int) -> None:
    case, rng = worn(kind, seed)
    before = verdicts(case)
    places: list[tuple[list[Any], int]] = []
    for group in case["ec2"]["DescribeSecurityGroups"]["SecurityGroups"]:
        for member in ("IpPermissions", "IpPermissionsEgress"):
            places += [(group[member], i) for i in range(len(group[member]))]
    for acl in case["ec2"]["DescribeNetworkAcls"]["NetworkAcls"]:
        places += [(acl["Entries"], i) for i, e in enumerate(acl["Entries"]) if e["RuleAction"] == "allow"]
    if places:
        rows, index = rng.choice(places)
        del rows[index]
        never_opens(before, verdicts(case))


def denying(kind: str, seed: int) -> None:
    case, rng = worn(kind, seed)
    before = verdicts(case)
    acl = rng.choice(case["ec2"]["DescribeNetworkAcls"]["NetworkAcls"])
    acl["Entries"].insert(0, {**wear.entry(rng, "deny"), "RuleNumber": rng.randint(1, 40000)})
    never_opens(before, verdicts(case))


def shuffled(node: Any, rng: random.Random) -> Any:
    if isinstance(node, dict):
        pairs = [(key, shuffled(value, rng)) for key, value in node.items()]
        rng.shuffle(pairs)
        return dict(pairs)
    if isinstance(node, list):
        rows = [shuffled(row, rng) for row in node]
        rng.shuffle(rows)
        return rows
    return node


def renaming(kind: str, seed: int) -> None:
    case, rng = worn(kind, seed)

    def name(found: re.Match[str]) -> str:
        return f"{found[1]}-{hashlib.sha256(f'{seed}{found[2]}'.encode()).hexdigest()[:9]}"

    # peers and sets of associations have an order of their own; everything else may come in any
    other = json.loads(IDS.sub(name, json.dumps(case)))
    other = {**other, **{key: shuffled(other[key], rng) for key in ("ec2", "route53", "route53resolver")}}
    before, after = judge("case", case), judge("case", other)
    assert (before["verdict"], before["path"]) == (after["verdict"], after["path"])
    assert sorted(before["blockers"]) == sorted(after["blockers"])
    assert sorted(before["warnings"]) == sorted(after["warnings"])
    assert {IDS.sub(name, subnet): verdict for subnet, verdict in before["per_subnet"].items()} == after["per_subnet"]


BY_ID = (
    ("ec2", "DescribeVpcAttribute"),
    ("ec2", "GetManagedPrefixListEntries"),
    ("ec2", "GetTransitGatewayRouteTableAssociations"),
    ("ec2", "SearchTransitGatewayRoutes"),
    ("route53", "ListHostedZonesByVPC"),
    ("route53", "ListResourceRecordSets"),
)


def unreading(kind: str, seed: int) -> None:
    """Take answers away one at a time: whole ones, and one of those that are asked for by id."""
    case, rng = worn(kind, seed)
    before = judge("case", case)["verdict"]
    places: list[tuple[str, ...]] = [(s, o) for s in ("ec2", "route53", "route53resolver") for o in case[s]]
    places += [(*path, name) for path in BY_ID for name in case[path[0]].get(path[1], {})]
    for path in rng.sample(places, 6):
        rest = copy.deepcopy(case)
        node = rest
        for key in path[:-1]:
            node = node[key]
        del node[path[-1]]
        assert judge("case", rest)["verdict"] in {before, "unknown"}, f"without {path}"


CHECKS = (closing, denying, renaming, unreading)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@QUICK
@given(KIND, SEED)
def test_property(check: Any, kind: str, seed: int) -> None:
    check(kind, seed)


@pytest.mark.verify
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@LONG
@given(KIND, SEED)
def test_property_at_length(check: Any, kind: str, seed: int) -> None:
    check(kind, seed)


@pytest.mark.parametrize("name", sorted(BASES))
def test_an_answer_that_was_not_read_is_unknown_or_changes_nothing(name: str) -> None:
    case = BASES[name]
    before = judge("case", case)["verdict"]
    for service in ("ec2", "route53", "route53resolver"):
        assert judge("case", {k: v for k, v in case.items() if k != service})["verdict"] in {before, "unknown"}
        for operation in case[service]:
            rest = {key: value for key, value in case[service].items() if key != operation}
            found = judge("case", {**case, service: rest})["verdict"]
            assert found in {before, "unknown"}, f"without {operation}"


@pytest.mark.parametrize(
    ("base", "closed", "taken"),
    [
        pytest.param(
            "peered",
            [["add", ["ec2", "DescribeRouteTables", "RouteTables", "rtb-fn", "Routes"],
              {"DestinationCidrBlock": "10.9.0.0/17", "VpcPeeringConnectionId": "pcx-9", "State": "blackhole",
               "Origin": "CreateRoute"}]],
            [["drop", ["ec2", "DescribeRouteTables", "RouteTables", "rtb-fn", "Routes", "10.9.0.0/17"]]],
            id="a more specific blackhole",
        ),
        pytest.param(
            "both",
            [["set", ["ec2", "DescribeSecurityGroups", "SecurityGroups", "sg-ep", "IpPermissions"], []]],
            [["set", ["ec2", "DescribeVpcEndpoints", "VpcEndpoints"], []]],
            id="an endpoint that shadows a NAT gateway",
        ),
        pytest.param(
            "both",
            [["set", ["ec2", "DescribeSecurityGroups", "SecurityGroups", "sg-ep", "IpPermissions"], []]],
            [["set", ["ec2", "DescribeVpcAttribute", "vpc-a", "EnableDnsHostnames", "Value"], False]],
            id="the DNS attribute that an endpoint's private DNS needs",
        ),
    ],
)  # fmt: skip
def test_taking_a_route_an_endpoint_or_an_attribute_away_can_open(base: str, closed: Any, taken: Any) -> None:
    case = edits.edited(edits.base(base), closed)
    assert judge("case", case)["verdict"] == "unreachable"
    assert judge("case", edits.edited(case, taken))["verdict"] == "reachable"

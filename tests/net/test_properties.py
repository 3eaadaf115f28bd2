"""What holds for every network: closing never opens, names and order do not matter, not knowing is not knowing."""

from __future__ import annotations

import copy
import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smsl.cli.reach import judge

HERE = Path(__file__).parent
FILES = sorted([*(HERE / "cases").glob("*.json"), *(HERE / "bases").glob("*.json")])
CASES = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in FILES}
NAMES = st.sampled_from(sorted(CASES))
QUICK = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
# A partial way may become unknown (which public addresses Secrets Manager has is in no answer), but never open.
OPENNESS = {"unreachable": {"unreachable"}, "partial": {"unreachable", "partial", "unknown"}}


def verdict(case: dict[str, Any]) -> str:
    return str(judge("case", case)["verdict"])


@QUICK
@given(NAMES, st.randoms(use_true_random=False))
def test_taking_an_allow_away_never_opens(name: str, rng: random.Random) -> None:
    before, case = verdict(CASES[name]), copy.deepcopy(CASES[name])
    places: list[tuple[list[Any], int]] = []
    for group in case["ec2"]["DescribeSecurityGroups"]["SecurityGroups"]:
        for member in ("IpPermissions", "IpPermissionsEgress"):
            places += [(group[member], i) for i in range(len(group[member]))]
    for acl in case["ec2"]["DescribeNetworkAcls"]["NetworkAcls"]:
        places += [(acl["Entries"], i) for i, e in enumerate(acl["Entries"]) if e["RuleAction"] == "allow"]
    rows, index = rng.choice(places)
    del rows[index]
    assert verdict(case) in OPENNESS.get(before, {"unreachable", "partial", "unknown", before})


@QUICK
@given(
    NAMES,
    st.randoms(use_true_random=False),
    st.booleans(),
    st.integers(1, 40000),
    st.sampled_from(["0.0.0.0/0", "10.0.0.0/8", "10.0.1.0/24", "192.168.0.0/16", "52.0.0.0/8", "::/0"]),
    st.sampled_from([None, (443, 443), (1024, 65535), (32768, 65535), (3389, 3389)]),
)
def test_adding_a_deny_never_opens(
    name: str, rng: random.Random, egress: bool, number: int, cidr: str, ports: tuple[int, int] | None
) -> None:
    before, case = verdict(CASES[name]), copy.deepcopy(CASES[name])
    entry: dict[str, Any] = {"RuleNumber": number, "Egress": egress, "RuleAction": "deny"}
    entry["Ipv6CidrBlock" if ":" in cidr else "CidrBlock"] = cidr
    entry["Protocol"] = "-1" if ports is None else "6"
    if ports is not None:
        entry["PortRange"] = {"From": ports[0], "To": ports[1]}
    acl = rng.choice(case["ec2"]["DescribeNetworkAcls"]["NetworkAcls"])
    acl["Entries"].insert(0, entry)
    assert verdict(case) in OPENNESS.get(before, {"unreachable", "partial", "unknown", before})


@QUICK
@given(NAMES, st.randoms(use_true_random=False))
def test_order_of_lists_does_not_matter(name: str, rng: random.Random) -> None:
    def shuffled(node: Any) -> Any:
        if isinstance(node, dict):
            pairs = [(key, shuffled(value)) for key, value in node.items()]
            rng.shuffle(pairs)
            return dict(pairs)
        if isinstance(node, list):
            rows = [shuffled(row) for row in node]
            rng.shuffle(rows)
            return rows
        return node

    case = CASES[name]
    before, after = judge("case", case), judge("case", {**case, "ec2": shuffled(case["ec2"])})
    assert (before["verdict"], before["path"], sorted(before["blockers"])) == (
        after["verdict"],
        after["path"],
        sorted(after["blockers"]),
    )


@pytest.mark.parametrize("name", sorted(CASES))
def test_names_do_not_matter(name: str) -> None:
    text = json.dumps(CASES[name])
    for kind in ("vpc-", "subnet-", "sg-", "acl-", "rtb-"):
        text = text.replace(f'"{kind}', f'"{kind}zz-')
    before, after = judge("case", CASES[name]), judge("case", json.loads(text))
    assert [before[k] for k in ("verdict", "path", "blockers", "warnings")] == [
        after[k] for k in ("verdict", "path", "blockers", "warnings")
    ]


@pytest.mark.parametrize("name", sorted(CASES))
def test_an_answer_that_was_not_read_is_unknown_or_changes_nothing(name: str) -> None:
    before = verdict(CASES[name])
    for service in ("ec2", "route53", "route53resolver"):
        assert verdict({key: value for key, value in CASES[name].items() if key != service}) in {before, "unknown"}
        for operation in CASES[name][service]:
            rest = {key: value for key, value in CASES[name][service].items() if key != operation}
            found = verdict({**CASES[name], service: rest})
            assert found in {before, "unknown"}, f"without {operation}"


@settings(QUICK, max_examples=300)
@given(NAMES, st.randoms(use_true_random=False), st.integers(1, 3))
def test_broken_members_are_never_an_error(name: str, rng: random.Random, times: int) -> None:
    case = copy.deepcopy({key: CASES[name][key] for key in ("ec2", "route53", "route53resolver")})
    for _ in range(times):
        _break(case, rng)
    # a case whose function cannot be read is an InputError; here only the answers are broken
    rest = {key: value for key, value in CASES[name].items() if key not in case}
    assert verdict({**rest, **case}) in {"reachable", "unreachable", "partial", "unknown"}


def _break(case: Any, rng: random.Random) -> None:
    node = case
    while True:
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        if not keys:
            return
        key = rng.choice(keys)
        child = node[key]
        if isinstance(child, (dict, list)) and child and rng.random() < 0.85:
            node = child
            continue
        if rng.random() < 0.5:
            del node[key]
        else:
            node[key] = rng.choice(
                [None, "", "weird", 7, -1, True, [], {}, [None], ["x"], {"a": 1}, 1.5, "10.0.0.0/99"]
            )
        return

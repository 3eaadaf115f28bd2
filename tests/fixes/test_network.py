"""What is proposed for each fault of the network: the cheapest edit that mends it, and nothing beside it."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from smsl.assess.evidence import assess
from smsl.audit import audit
from smsl.fixes.apply import apply
from smsl.model.evidence import Verdict
from smsl.model.finding import Fix, Step
from smsl.model.snapshot import Snapshot
from smsl.render.fix import awscli, terraform

HERE = Path(__file__).parent
_SPEC = importlib.util.spec_from_file_location("net_edits", HERE.parent / "net" / "edits.py")
assert _SPEC is not None
assert _SPEC.loader is not None
edits = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(edits)
FAULTS: dict[str, dict[str, Any]] = {
    row["id"]: row for row in json.loads((HERE.parent / "net" / "edited_cases.json").read_text(encoding="utf-8"))
}
ROWS: list[dict[str, Any]] = json.loads((HERE / "network_cases.json").read_text(encoding="utf-8"))
MENDED = [row for row in ROWS if row["steps"]]
Around = Callable[[dict[str, Any]], Snapshot]
SEEN: dict[str, Snapshot] = {}
FIXES: dict[int, tuple[Snapshot, Fix]] = {}
PRICE = [
    "AuthorizeSecurityGroupIngress",
    "AuthorizeSecurityGroupEgress",
    "CreateNetworkAclEntry",
    "ModifyNetworkInterfaceAttribute",
    "UpdateFunctionConfiguration",
    "ModifyVpcAttribute",
    "ModifyVpcEndpoint",
    "CreateRoute",
    "ReplaceRoute",
    "CreateVpcEndpoint",
]
"""Operations, the cheapest first; what is not here is never proposed for a network."""


def broken(row: dict[str, Any], around: Around) -> Snapshot:
    name = row["case"]
    if name not in SEEN:
        fault = FAULTS[name]
        SEEN[name] = around(edits.edited(edits.base(fault["base"]), fault["edits"]))
    return SEEN[name]


def fix_of(snapshot: Snapshot) -> Fix:
    if id(snapshot) not in FIXES:
        found = next(each.fix for each in audit(snapshot).findings if each.fix is not None)
        FIXES[id(snapshot)] = (snapshot, found)  # kept, so that no other snapshot gets its id
    return FIXES[id(snapshot)][1]


def verdict(snapshot: Snapshot, steps: tuple[Step, ...]) -> Verdict:
    for step in steps:
        snapshot = apply(snapshot, step)
    return assess(snapshot).accesses[0].verdict


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["case"])
def test_what_is_proposed(row: dict[str, Any], snapshot: Around) -> None:
    fix = fix_of(broken(row, snapshot))
    assert ([step.operation for step in fix.steps], fix.summary) == (row["steps"], row["summary"])
    assert "{" not in fix.summary + "".join(fix.notes)


@pytest.mark.parametrize("row", MENDED, ids=lambda row: row["case"])
def test_every_step_helps(row: dict[str, Any], snapshot: Around) -> None:
    facts = broken(row, snapshot)
    fix = fix_of(facts)
    assert fix.turns == str(verdict(facts, fix.steps)) == "readable"
    for place in range(len(fix.steps)):
        fewer = (*fix.steps[:place], *fix.steps[place + 1 :])
        assert verdict(facts, fewer) is not Verdict.READABLE
    assert fix.undo or fix.no_undo


@pytest.mark.parametrize("row", MENDED, ids=lambda row: row["case"])
def test_an_entry_has_a_number_of_its_own(row: dict[str, Any], snapshot: Around) -> None:
    facts = broken(row, snapshot)
    made = [step.parameters for step in fix_of(facts).steps if step.operation == "CreateNetworkAclEntry"]
    numbers = [(each["NetworkAclId"], each["Egress"], each["RuleNumber"]) for each in made]
    network = next(iter(facts.networks.values()))
    assert isinstance(network.network_acls, dict)
    there = {(acl.id, one.egress, one.number) for acl in network.network_acls.values() for one in acl.entries}
    assert len(set(numbers)) == len(numbers)
    assert not set(numbers) & there
    assert all(1 <= number < 32767 for _, _, number in numbers)


def test_whatever_fails_is_mended_by_what_is_proposed_or_nothing_is(snapshot: Around) -> None:
    for row in FAULTS.values():
        if row["verdict"] not in ("unreachable", "partial"):
            continue
        facts = snapshot(edits.edited(edits.base(row["base"]), row["edits"]))
        fix = next((finding.fix for finding in audit(facts).findings if finding.fix is not None), None)
        if fix is not None and fix.steps:
            assert verdict(facts, fix.steps) is Verdict.READABLE, row["id"]
            assert {step.operation for step in fix.steps} <= {*PRICE, "CreateSecurityGroup"}, row["id"]


@pytest.mark.parametrize("row", MENDED, ids=lambda row: row["case"])
def test_no_cheaper_kind_of_step_would_do(row: dict[str, Any], snapshot: Around) -> None:
    """An endpoint is proposed only where no step of a cheaper kind, on what blocks, turns the access."""
    from smsl.fixes.network import network_candidates

    if "CreateVpcEndpoint" not in row["steps"]:
        return
    facts = broken(row, snapshot)
    access = assess(facts).accesses[0]
    for blocker in access.blockers:
        for candidate in network_candidates(facts, access, blocker):
            kinds = {step.operation for step in candidate.steps}
            free = not kinds & {"CreateVpcEndpoint", "CreateRoute"}  # a way out to all the internet is not free
            assert not (free and verdict(facts, candidate.steps) is Verdict.READABLE)


@pytest.mark.parametrize("row", MENDED, ids=lambda row: row["case"])
def test_every_fix_is_written_in_both_dialects(row: dict[str, Any], snapshot: Around) -> None:
    fix = fix_of(broken(row, snapshot))
    commands, blocks = awscli.render(fix), terraform.render(fix)
    for step in fix.steps:
        assert awscli.option(step.operation) in commands
    assert "Terraform has nothing" not in blocks
    assert 'resource "' in blocks


def test_nothing_is_proposed_where_another_layer_denies_all_the_same(snapshot: Around) -> None:
    facts = broken(MENDED[0], snapshot)
    role = next(iter(facts.roles.values()))
    lacking = replace(facts, roles={role.arn: replace(role, inline=())})  # type: ignore[union-attr, type-var]
    fix = fix_of(lacking)
    assert [step.operation for step in fix.steps] == [*MENDED[0]["steps"], "PutRolePolicy"]
    from smsl.model.policy import parse_policy

    deny = parse_policy("deny", {"Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]})
    denied = replace(facts, roles={role.arn: replace(role, attached=(deny,))})  # type: ignore[union-attr, type-var]
    assert fix_of(denied).steps == ()

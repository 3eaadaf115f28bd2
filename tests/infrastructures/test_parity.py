"""A plan, a template and an account of the same infrastructure give equal Snapshots, verdicts and findings."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from smsl.audit import audit
from smsl.lab.account import Lab
from tests.infrastructures import deployed, listed
from tests.infrastructures.sources import Source, bare, counts, of_account, of_plan, of_plan_text, of_template, told

HERE = Path(__file__).parent
COUNTS: dict[str, dict[str, dict[str, int]]] = json.loads((HERE / "parity.json").read_text())
"""By infrastructure and pair of sources, how often each listed fact differs: a further difference fails."""


@pytest.mark.parametrize("name", deployed.NAMES)
def test_a_plan_says_what_the_template_says(name: str) -> None:
    plan, template = of_plan(name), of_template(deployed.template_text(name))

    assert counts(plan, template) == (COUNTS[name]["plan, template"], [])


@pytest.mark.parametrize("name", deployed.NAMES)
def test_a_plan_and_a_template_are_judged_alike(name: str) -> None:
    plan, template = of_plan(name), of_template(deployed.template_text(name))

    for source in (plan, template):
        report = audit(source.snapshot)
        assert deployed.judged(report) == bare(deployed.expected(name))
        assert report.gaps == ()
    assert told(plan) == told(template)


@pytest.mark.every(9)
@pytest.mark.parametrize("name", deployed.NAMES)
def test_an_account_is_what_its_plan_and_its_template_say(account: Lab, name: str) -> None:
    sources = {
        "plan": of_plan(name),
        "template": of_template(deployed.template_text(name)),
        "account": of_account(account, name),
    }

    for one in ("plan", "template"):
        assert counts(sources[one], sources["account"]) == (COUNTS[name][f"{one}, account"], [])
        assert told(sources[one]) == told(sources["account"])
    assert deployed.judged(audit(sources["account"].snapshot)) == deployed.expected(name)


def test_every_listed_fact_differs_somewhere() -> None:
    counted = {fact for pairs in COUNTS.values() for facts in pairs.values() for fact in facts}

    assert counted == {each.name for each in listed.LISTED}
    assert len(COUNTS) == len(deployed.NAMES) >= 15


IDLE = {
    *("AWS::EC2::EIP", "AWS::Lambda::Permission", "AWS::Lambda::Version"),
    *("aws_eip", "aws_lambda_permission", "random_password"),
}
"""Types whose lack changes nothing that bears on a secret."""
SMALL = [name for name in deployed.NAMES if name not in ("22-wide", "25-sample")]
"""Without the one in JSON, out of which a line cannot be cut, and the one that has nothing that the others lack."""


def lacks(one: Source, other: Source, name: str) -> bool:
    return counts(one, other) != (COUNTS[name]["plan, template"], [])


def without(document: Any, address: str) -> Any:
    """Return a plan without a resource, wherever it stands in it."""
    if isinstance(document, dict):
        return {key: without(value, address) for key, value in document.items()}
    if isinstance(document, list):
        kept = (each for each in document if not (isinstance(each, dict) and each.get("address") == address))
        return [without(each, address) for each in kept]
    return document


@pytest.mark.every(8)
@pytest.mark.parametrize("name", SMALL)
def test_what_a_template_drops_is_missed(name: str) -> None:
    plan, text = of_plan(name), deployed.template_text(name)

    passed = set()
    for logical, resource in deployed.resources_of(text).items():
        (shorter, cut) = re.subn(rf"^  {logical}:\n(?:(?:    .*)?\n)+", "", text, flags=re.MULTILINE)
        assert cut == 1
        if not lacks(plan, of_template(shorter), name):
            passed.add(resource["Type"])

    assert passed <= IDLE


@pytest.mark.every(8)
@pytest.mark.parametrize("name", SMALL)
def test_what_a_plan_drops_is_missed(name: str) -> None:
    template, whole = of_template(deployed.template_text(name)), json.loads((HERE / name / "plan.json").read_text())

    passed = set()
    for change in whole["resource_changes"]:
        shorter = without(whole, change["address"])
        if change["mode"] == "managed" and not lacks(of_plan_text(json.dumps(shorter)), template, name):
            passed.add(change["type"])

    assert passed <= IDLE

"""Each AWS operation in turn refused, throttled, hanging or answering garbage: said, and never taken for readable."""

from __future__ import annotations

import json
import time
from functools import cache
from pathlib import Path

import pytest

from smsl.audit import audit
from smsl.gate.decide import exit_code
from smsl.lab.account import Lab
from smsl.model.errors import SmslError
from smsl.model.finding import Severity
from smsl.model.report import Report
from smsl.sources.aws.calls import OPERATIONS
from smsl.sources.aws.capture import capture
from smsl.sources.aws.connection import Connection
from smsl.sources.aws.convert import convert
from smsl.sources.aws.request import Request, parse_target

TABLE = json.loads((Path(__file__).parent / "sample_account.json").read_text())
KINDS = ("refuse", "throttle", "hang", "garbage")
DEADLINE = 4.0
SLACK = 3.0
"""Seconds for what is not reading: imports, judging, a busy machine."""
ONE_BY_ONE = ("checkout", "invoices", "payroll", "forecasts", "ledger", "tracking", "orders:live")


def operations() -> list[str]:
    return sorted(OPERATIONS)


def report_of(request: Request) -> Report:
    return audit(convert(capture(request, Connection(deadline=DEADLINE))))


@cache
def used(names: tuple[str, ...]) -> frozenset[str]:
    """Return the operations that an undisturbed audit calls."""
    request = Request(tuple(map(parse_target, names)), not names, ("eu-west-1",), notes=True)
    return frozenset(call.name for call in capture(request, Connection()).facts)


def disturbed(lab: Lab, operation: str, kind: str, names: tuple[str, ...]) -> None:
    """Audit with one operation disturbed, and hold every answer against the table."""
    if operation not in used(names):
        pytest.skip(f"the sample account gives no reason to call {operation}")
    service, _, name = operation.partition(":")
    lab.set_faults({"service": service, "operation": name, "kind": kind})
    request = Request(tuple(map(parse_target, names)), not names, ("eu-west-1",), notes=True)
    start = time.monotonic()
    try:
        report = report_of(request)
    except SmslError as error:
        report, told = None, error.next_step
    finally:
        lab.clear_faults()
    assert time.monotonic() - start < DEADLINE + SLACK
    if report is None:
        assert told, "an error tells what to do next"
        return
    for subject in report.subjects:
        expected = TABLE[subject.function.label]["verdict"]
        if expected in ("blocked", "intermittent"):
            assert str(subject.verdict) in (expected, "blocked", "unknown", "no-secret-named"), subject.function.label
            assert str(subject.verdict) != "no-secret-named", subject.function.label
        else:
            assert str(subject.verdict) in (expected, "unknown"), subject.function.label
    told = [gap.call for gap in report.gaps] + [assumption.call for assumption in report.assumptions]
    assert any(each.startswith(operation) for each in told), f"{operation} failed and nobody says so"
    if not OPERATIONS[operation].required:
        verdicts = {subject.function.label: str(subject.verdict) for subject in report.subjects}
        assert verdicts == {label: TABLE[label]["verdict"] for label in verdicts}


@pytest.mark.every(3)
@pytest.mark.parametrize("operation", operations())
def test_one_function_refused(lab: Lab, operation: str) -> None:
    disturbed(lab, operation, "refuse", ("checkout", "payroll"))


@pytest.mark.every(3)
@pytest.mark.parametrize("operation", operations()[2::3])  # all of them below
def test_all_functions_refused(lab: Lab, operation: str) -> None:
    disturbed(lab, operation, "refuse", ())


@pytest.mark.every(3)
@pytest.mark.parametrize("kind", ["throttle", "hang", "garbage"])
@pytest.mark.parametrize(
    "operation", ["lambda:GetFunctionConfiguration", "kms:GetKeyPolicy", "ec2:DescribeVpcEndpoints"]
)
def test_the_other_ways_to_fail(lab: Lab, operation: str, kind: str) -> None:
    disturbed(lab, operation, kind, ("checkout", "payroll"))


@pytest.mark.verify
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("operation", operations())
@pytest.mark.parametrize("names", [(), ONE_BY_ONE], ids=["all", "one by one"])
def test_every_operation_and_failure(lab: Lab, operation: str, kind: str, names: tuple[str, ...]) -> None:
    disturbed(lab, operation, kind, names)


def test_a_member_account_sees_no_organization_and_a_healthy_function_is_clean(lab: Lab) -> None:
    lab.set_faults({"service": "organizations", "kind": "refuse"})

    report = report_of(Request((parse_target("checkout"),), False, ("eu-west-1",)))

    assert str(report.subjects[0].verdict) == "readable"
    assert [assumption.call for assumption in report.assumptions] == ["organizations:DescribeOrganization"]
    assert exit_code(report, Severity.HIGH) == 0


@pytest.mark.parametrize("kind", KINDS)
def test_everything_fails_at_once(lab: Lab, kind: str) -> None:
    lab.set_faults({"kind": kind})

    with pytest.raises(SmslError) as caught:
        report_of(Request((parse_target("checkout"),), False, ("eu-west-1",)))

    assert caught.value.next_step

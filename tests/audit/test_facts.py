"""A captured account with facts taken away or changed: the unknown is never taken for good, the wrong is named."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smsl.audit import audit
from smsl.lab.account import Lab
from smsl.model.evidence import Access
from smsl.model.report import Report
from smsl.sources.aws.capture import Capture, capture
from smsl.sources.aws.connection import Connection
from smsl.sources.aws.convert import convert
from smsl.sources.aws.facts import Answer, Call, Failure, call
from smsl.sources.aws.request import Request, parse_target

REGION = "eu-west-1"
Edit = Callable[[dict[str, Any]], None]


@cache
def taken(*names: str) -> Capture:
    request = Request(tuple(map(parse_target, names)), not names, (REGION,))
    return capture(request, Connection())


def verdicts(facts: Mapping[Call, Answer], base: Capture) -> dict[str, str]:
    report = audit(convert(replace(base, facts=facts)))
    return {subject.function.label: str(subject.verdict) for subject in report.subjects}


BETTER = {"blocked": 0, "intermittent": 1, "unknown": 2, "readable": 3, "no-secret-named": 3}


@settings(deadline=None, max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_facts_that_fail_never_make_a_blocked_access_readable(lab: Lab, data: st.DataObject) -> None:
    base = taken()
    full = verdicts(base.facts, base)
    lost = data.draw(st.sets(st.sampled_from(sorted(base.facts)), min_size=1, max_size=4))
    kind = data.draw(st.sampled_from(["refused", "throttled", "no answer", "garbled"]))

    found = verdicts(
        {each: Failure(kind, "Planted") if each in lost else answer for each, answer in base.facts.items()}, base
    )

    for label, verdict in found.items():
        if full[label] in ("blocked", "intermittent"):
            assert verdict in ("blocked", "intermittent", "unknown"), label
        else:
            assert verdict in (full[label], "unknown"), label


def edited(name: str, operation: str, edit: Edit, *more: tuple[Call, Answer]) -> Report:
    """Audit a function with every answer of one operation changed."""
    base = taken(name)
    facts: dict[Call, Answer] = {}
    for each, answer in base.facts.items():
        if each.name == operation and not isinstance(answer, Failure):
            changed = json.loads(json.dumps(answer))
            edit(changed)
            facts[each] = changed
        else:
            facts[each] = answer
    return audit(convert(replace(base, facts={**facts, **dict(more)})))


def failed(name: str, operation: str, failure: Failure) -> Report:
    base = taken(name)
    facts = {each: failure if each.name == operation else answer for each, answer in base.facts.items()}
    return audit(convert(replace(base, facts=facts)))


def access(report: Report) -> Access:
    (only,) = report.subjects[0].accesses
    return only


def rules(report: Report) -> set[str]:
    return {finding.rule.id for finding in report.findings if str(finding.severity) in ("critical", "high")}


def add_variable(**holds: Any) -> Edit:
    def edit(answer: dict[str, Any]) -> None:
        answer["Environment"]["Holds"].append({"length": 9, **holds})

    return edit


def set_member(name: str, value: Any) -> Edit:
    def edit(answer: dict[str, Any]) -> None:
        answer[name] = value

    return edit


def rename_secret(answer: dict[str, Any]) -> None:
    for variable in answer["Environment"]["Holds"]:
        if "reference" in variable:
            variable["reference"]["text"] = variable["reference"]["text"].replace(REGION, "us-east-1")


def test_a_role_that_is_gone_cannot_be_assumed(lab: Lab) -> None:
    report = failed("newsletter", "iam:GetRole", Failure("absent", "NoSuchEntity"))

    assert access(report).blocked_by[0] == "role_trust"
    assert "role-not-assumable" in rules(report)


def test_a_secret_that_does_not_exist(lab: Lab) -> None:
    base = taken("newsletter")
    facts: dict[Call, Answer] = {
        each: Failure("absent", "ResourceNotFoundException") if each.service == "secretsmanager" else answer
        for each, answer in base.facts.items()
        if each.operation != "ListSecrets"
    }
    report = audit(convert(replace(base, facts=facts)))

    assert access(report).blocked_by == ("secret_state",)
    assert rules(report) == {"secret-absent"}


def test_a_secret_of_another_region_is_out_of_reach(lab: Lab) -> None:
    report = edited("newsletter", "lambda:GetFunctionConfiguration", rename_secret)

    assert access(report).blocked_by[0] == "region"
    assert "secret-wrong-region" in rules(report)


def test_a_region_setting_sends_the_call_there(lab: Lab) -> None:
    def edit(answer: dict[str, Any]) -> None:
        rename_secret(answer)
        add_variable(name="SECRETS_REGION", setting={"value": "us-east-1", "valid": True})(answer)

    report = edited("newsletter", "lambda:GetFunctionConfiguration", edit)

    assert "region" not in access(report).blocked_by


def test_an_environment_that_lambda_could_not_decrypt_is_not_empty(lab: Lab) -> None:
    edit = set_member("Environment", {"Error": "AccessDeniedException"})
    report = edited("newsletter", "lambda:GetFunctionConfiguration", edit)

    assert str(report.subjects[0].verdict) == "unknown"


@pytest.mark.parametrize("name", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SECRETS_MANAGER", "HTTPS_PROXY"])
def test_a_custom_endpoint_or_proxy_is_not_traced(lab: Lab, name: str) -> None:
    variable = add_variable(name=name, setting={"value": "http://elsewhere.internal:8080", "valid": True})
    report = edited("newsletter", "lambda:GetFunctionConfiguration", variable)

    assert str(access(report).verdict) == "unknown"
    assert any(name in reason for reason in access(report).unknowns)


def test_a_function_that_failed_blocks(lab: Lab) -> None:
    report = edited("newsletter", "lambda:GetFunctionConfiguration", set_member("State", "Failed"))

    assert access(report).blocked_by == ("function_state",)
    assert rules(report) == {"function-not-ready"}


def organization(scp: Mapping[str, Any]) -> tuple[tuple[Call, Answer], ...]:
    """Return the facts of an account right below the root, with one more SCP on it."""

    def asked(operation: str, **parameters: object) -> Call:
        return call("organizations", operation, REGION, **parameters)

    full = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    facts: list[tuple[Call, Answer]] = [
        (asked("DescribeOrganization"), {"Organization": {"Id": "o-1", "MasterAccountId": "999999999999"}}),
        (asked("DescribeAccount", AccountId="123456789012"), {"Account": {"Paths": ["o-1/r-1/123456789012/"]}}),
        (asked("DescribePolicy", PolicyId="p-full"), {"Policy": {"Content": json.dumps(full)}}),
        (asked("DescribePolicy", PolicyId="p-scp"), {"Policy": {"Content": json.dumps(scp)}}),
    ]
    for target in ("r-1", "123456789012"):
        policies = [{"Id": "p-full", "Name": "Full"}]
        rcps = asked("ListPoliciesForTarget", TargetId=target, Filter="RESOURCE_CONTROL_POLICY")
        scps = asked("ListPoliciesForTarget", TargetId=target, Filter="SERVICE_CONTROL_POLICY")
        more = [{"Id": "p-scp", "Name": "NoSecrets"}] if target != "r-1" else []
        facts += [(rcps, {"Policies": policies}), (scps, {"Policies": policies + more})]
    return tuple(facts)


def test_a_service_control_policy_blocks_and_no_allow_is_proposed_against_it(lab: Lab) -> None:
    deny = {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "secretsmanager:*", "Resource": "*"}}
    report = edited("loyalty", "none:None", lambda _answer: None, *organization(deny))

    assert access(report).blocked_by == ("scp", "identity_policy")
    fixes = [finding.fix for finding in report.findings if finding.fix is not None]
    assert fixes
    assert all(fix.steps == () for fix in fixes)


def test_a_service_control_policy_that_allows_leaves_it_readable(lab: Lab) -> None:
    allow = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    report = edited("newsletter", "none:None", lambda _answer: None, *organization(allow))

    assert str(access(report).verdict) == "readable"


def test_a_key_that_waits_for_its_deletion(lab: Lab) -> None:
    def edit(answer: dict[str, Any]) -> None:
        answer["KeyMetadata"]["KeyState"] = "PendingDeletion"

    report = edited("checkout", "kms:DescribeKey", edit)

    assert access(report).blocked_by == ("key_state",)
    assert rules(report) == {"key-unusable"}


def test_the_default_key_never_serves_another_account(lab: Lab) -> None:
    base = taken("newsletter")
    text = json.dumps([[each.service, each.operation, each.key, repr(answer)] for each, answer in base.facts.items()])
    assert ":123456789012:secret:" in text
    facts: dict[Call, Answer] = {}
    for each, answer in base.facts.items():
        moved = Call(
            each.service,
            each.operation,
            each.region,
            each.key.replace(":123456789012:secret:", ":999999999999:secret:"),
        )
        facts[moved] = (
            answer
            if isinstance(answer, Failure)
            else json.loads(json.dumps(answer).replace(":123456789012:secret:", ":999999999999:secret:"))
        )
    report = audit(convert(replace(base, facts=facts)))

    assert access(report).blocked_by == ("resource_policy", "key_policy")
    assert "cross-account-default-key" in rules(report)


def test_two_faults_are_two_blockers_and_one_fix_mends_both(lab: Lab) -> None:
    def edit(answer: dict[str, Any]) -> None:
        answer["PolicyDocument"] = {"Version": "2012-10-17", "Statement": []}

    report = edited("checkout", "iam:GetRolePolicy", edit)

    assert access(report).blocked_by == ("identity_policy", "kms_permission")
    assert rules(report) == {"read-denied", "decrypt-denied"}
    fix = next(finding.fix for finding in report.findings if finding.fix is not None)
    assert [step.operation for step in fix.steps] == ["PutRolePolicy", "PutRolePolicy"]
    assert fix.turns == "readable"


def test_an_alias_with_weights_says_which_other_version_it_serves(lab: Lab) -> None:
    def edit(answer: dict[str, Any]) -> None:
        answer["Aliases"] = [
            {"Name": "live", "FunctionVersion": "1", "RoutingConfig": {"AdditionalVersionWeights": {"2": 0.1}}},
            {"Name": "old", "FunctionVersion": "1"},
        ]

    report = edited("orders:live", "lambda:ListAliases", edit)

    assert report.subjects[0].served_elsewhere == ("live (version 2)",)

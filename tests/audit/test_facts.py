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
from smsl.leaks.same import Seen
from smsl.model.evidence import Access
from smsl.model.report import Report
from smsl.sources.aws.capture import Capture, capture
from smsl.sources.aws.connection import Connection
from smsl.sources.aws.convert import convert
from smsl.sources.aws.facts import Answer, Call, Failure, call
from smsl.sources.aws.request import Request, parse_target

REGION = "eu-west-1"
QUICK = settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
LONG = settings(QUICK, max_examples=400)
Edit = Callable[[dict[str, Any]], None]


@cache
def taken(*names: str) -> Capture:
    request = Request(tuple(map(parse_target, names)), not names, (REGION,))
    return capture(request, Connection())


def verdicts(facts: Mapping[Call, Answer], base: Capture) -> dict[str, str]:
    report = audit(convert(replace(base, facts=facts)))
    return {subject.function.label: str(subject.verdict) for subject in report.subjects}


BETTER = {"blocked": 0, "intermittent": 1, "unknown": 2, "readable": 3, "no-secret-named": 3}


@cache
def undisturbed() -> dict[str, str]:
    return verdicts(taken().facts, taken())


def without_some(data: st.DataObject) -> None:
    """Judge the account with some facts failed, against the account as it is."""
    base, full = taken(), undisturbed()
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


@QUICK
@given(data=st.data())
def test_facts_that_fail_never_make_a_blocked_access_readable(lab: Lab, data: st.DataObject) -> None:
    without_some(data)


@pytest.mark.verify
@pytest.mark.timeout(3600)
@LONG
@given(data=st.data())
def test_facts_that_fail_never_make_a_blocked_access_readable_at_length(lab: Lab, data: st.DataObject) -> None:
    without_some(data)


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
        answer["Environment"]["Holds"].append(holds)

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


READS = ["secretsmanager:GetSecretValue", "kms:Decrypt"]
DENIED = {"Effect": "Deny", "Action": READS, "Resource": "*"}


@pytest.mark.parametrize("name", ["invoices", "shipping", "payroll", "loyalty", "forecasts", "refunds"])
@pytest.mark.parametrize("by", ["an SCP", "a policy of the role"])
def test_no_allow_is_proposed_that_a_deny_would_defeat(lab: Lab, name: str, by: str) -> None:
    if by == "an SCP":
        scp = {"Version": "2012-10-17", "Statement": DENIED}
        report = edited(name, "none:None", lambda _answer: None, *organization(scp))
    else:
        report = edited(name, "iam:GetRolePolicy", deny(READS, Resource="*"))

    assert str(access(report).verdict) == "blocked"
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


def deny(action: object, **more: Any) -> Edit:
    """Add a Deny to a role's inline policy."""

    def edit(answer: dict[str, Any]) -> None:
        statement = {"Effect": "Deny", "Action": action, "Resource": "*", **more}
        if "NotResource" in more:
            del statement["Resource"]
        answer["PolicyDocument"]["Statement"].append(statement)

    return edit


def version_keys(*keys: str) -> Edit:
    def edit(answer: dict[str, Any]) -> None:
        for version in answer["Versions"]:
            version["KmsKeyIds"] = list(keys)

    return edit


def test_the_keys_of_the_current_version_decide_and_no_other(lab: Lab) -> None:
    old = "arn:aws:kms:eu-west-1:123456789012:key/00000000-1111-2222-3333-444444444444"
    unread = edited("checkout", "secretsmanager:ListSecretVersionIds", version_keys(old))
    default = edited("invoices", "secretsmanager:ListSecretVersionIds", version_keys("DefaultEncryptionKey"))

    assert str(access(unread).verdict) == "unknown"
    assert str(access(default).verdict) == "readable"


@pytest.mark.parametrize(
    ("setting", "value", "name"),
    [("AWS_USE_DUALSTACK_ENDPOINT", True, "checkout"), ("AWS_USE_FIPS_ENDPOINT", True, "newsletter")],
)
def test_settings_that_change_the_name_are_heeded(lab: Lab, setting: str, value: bool, name: str) -> None:
    variable = add_variable(name=setting, setting={"value": value, "valid": True})
    report = edited(name, "lambda:GetFunctionConfiguration", variable)

    assert str(access(report).verdict) == "unknown"


def test_another_services_region_does_not_steer_the_secrets_client(lab: Lab) -> None:
    def edit(answer: dict[str, Any]) -> None:
        rename_secret(answer)
        add_variable(name="S3_REGION", setting={"value": "us-east-1", "valid": True})(answer)

    report = edited("newsletter", "lambda:GetFunctionConfiguration", edit)

    assert access(report).blocked_by[0] == "region"


def test_the_other_version_of_a_weighted_alias_is_judged_too(lab: Lab) -> None:
    def edit(answer: dict[str, Any]) -> None:
        answer["Aliases"] = [
            {"Name": "live", "FunctionVersion": "1", "RoutingConfig": {"AdditionalVersionWeights": {"2": 0.5}}}
        ]

    report = edited("orders:live", "lambda:ListAliases", edit)

    assert [subject.function.label for subject in report.subjects] == ["orders:live", "orders:2"]
    assert str(report.subjects[1].verdict) == "unknown"


def test_a_deny_of_the_default_key_stands_and_one_of_another_key_does_not(lab: Lab) -> None:
    other = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    all_but = edited("newsletter", "iam:GetRolePolicy", deny("kms:Decrypt", NotResource=other))
    another = edited("newsletter", "iam:GetRolePolicy", deny("kms:Decrypt", Resource=other))

    assert access(all_but).blocked_by == ("kms:identity_policy",)
    assert str(access(another).verdict) == "readable"


PERIMETER = {"StringNotEqualsIfExists": {"aws:ResourceOrgID": "o-1"}}


def test_a_data_perimeter_within_the_organization_leaves_it_readable(lab: Lab) -> None:
    scp = {
        "Version": "2012-10-17",
        "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": PERIMETER},
    }
    for name in ("newsletter", "checkout"):
        report = edited(name, "none:None", lambda _answer: None, *organization(scp))

        assert str(access(report).verdict) == "readable", name


def only_through(endpoint: str) -> Edit:
    """Let the secret's policy deny everything that does not come through one endpoint."""

    def edit(answer: dict[str, Any]) -> None:
        condition = {"StringNotEquals": {"aws:SourceVpce": endpoint}}
        statement = {"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:*", "Resource": "*"}
        document = {"Version": "2012-10-17", "Statement": [{**statement, "Condition": condition}]}
        answer["ResourcePolicy"] = json.dumps(document)

    return edit


def endpoint_of(name: str) -> str:
    for each, answer in taken(name).facts.items():
        if each.operation == "DescribeVpcEndpoints" and not isinstance(answer, Failure):
            vpcs = {
                row["VpcConfig"]["VpcId"]
                for row in taken(name).facts.values()
                if not isinstance(row, Failure) and "VpcConfig" in row
            }
            return str(next(row["VpcEndpointId"] for row in answer["VpcEndpoints"] if row["VpcId"] in vpcs))
    raise AssertionError


def test_a_perimeter_is_not_taken_down_where_the_path_is_what_is_broken(lab: Lab) -> None:
    report = edited("pricing", "secretsmanager:GetResourcePolicy", only_through(endpoint_of("pricing")))

    fix = next(finding.fix for finding in report.findings if finding.fix is not None and finding.fix.steps)
    assert {step.operation for step in fix.steps} == {"ModifyVpcEndpoint"}
    assert fix.turns == "readable"


@pytest.mark.parametrize("operation", ["ec2:DescribeVpcEndpoints", "ec2:DescribeVpcs", "ec2:DescribeSubnets"])
def test_a_perimeter_with_a_path_that_was_not_read_is_unknown(lab: Lab, operation: str) -> None:
    base = taken("checkout")
    facts: dict[Call, Answer] = {}
    for each, answer in base.facts.items():
        if each.name == "secretsmanager:GetResourcePolicy" and not isinstance(answer, Failure):
            changed = json.loads(json.dumps(answer))
            only_through(endpoint_of("checkout"))(changed)
            facts[each] = changed
        else:
            facts[each] = Failure("refused", "UnauthorizedOperation") if each.name == operation else answer
    report = audit(convert(replace(base, facts=facts)))

    assert str(access(report).verdict) == "unknown"


def test_an_empty_answer_is_no_absent_policy(lab: Lab) -> None:
    from smsl.sources.aws.redact import redact

    asked = call("secretsmanager", "GetResourcePolicy", REGION, SecretId="x")
    listed = call("lambda", "ListAliases", REGION, FunctionName="x")

    for each in (asked, listed):
        assert isinstance(redact({each: {"ResponseMetadata": {}}}, {}, Seen())[each], Failure)


@pytest.mark.parametrize("state", ["Failed", "Pending", "Deleting", "Deactivated", "ActiveNonInvocable"])
def test_a_state_that_cannot_be_invoked_blocks(lab: Lab, state: str) -> None:
    report = edited("newsletter", "lambda:GetFunctionConfiguration", set_member("State", state))

    assert access(report).blocked_by == ("function_state",)


def test_a_proxy_whose_url_holds_a_password_steers_all_the_same(lab: Lab) -> None:
    leak = {"kind": "url-password", "confidence": "high", "place": "password of the URL"}
    report = edited("newsletter", "lambda:GetFunctionConfiguration", add_variable(name="HTTPS_PROXY", leak=leak))

    assert str(access(report).verdict) == "unknown"


def test_a_name_in_two_regions_is_looked_for_in_both(lab: Lab) -> None:
    request = Request((parse_target("newsletter"),), False, ("us-east-1", REGION))
    report = audit(convert(capture(request, Connection())))

    assert [(each.function.region, str(each.verdict)) for each in report.subjects] == [(REGION, "readable")]


def test_a_role_that_the_accounts_roles_do_not_hold_is_gone(lab: Lab) -> None:
    base = taken()
    facts: dict[Call, Answer] = {}
    for each, answer in base.facts.items():
        changed = answer
        if each.operation == "GetAccountAuthorizationDetails" and not isinstance(answer, Failure):
            changed = json.loads(json.dumps(answer))
            rows = changed["RoleDetailList"]
            changed["RoleDetailList"] = [row for row in rows if row["RoleName"] != "newsletter-exec"]
        facts[each] = changed
    report = audit(convert(replace(base, facts=facts)))

    found = next(each for each in report.subjects if each.function.name == "newsletter")
    assert found.accesses[0].blocked_by[0] == "role_trust"


def test_policies_for_two_secrets_never_share_a_name(lab: Lab) -> None:
    from smsl.fixes.policies import grant_identity
    from smsl.model.snapshot import Secret

    secret = access(edited("newsletter", "none:None", lambda _answer: None)).secret
    role = access(edited("newsletter", "none:None", lambda _answer: None)).role
    assert isinstance(secret, Secret)
    other = replace(
        secret, arn=secret.arn.replace("prod/newsletter/db", "prod/newsletter-db"), name="prod/newsletter-db"
    )
    names = {
        grant_identity(role, each, "secretsmanager:GetSecretValue", each.arn, None).steps[0].parameters["PolicyName"]  # type: ignore[arg-type]
        for each in (secret, other)
    }

    assert len(names) == 2

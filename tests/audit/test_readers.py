"""Who else can read what a function holds in plain text: told with all facts, not counted without, never a verdict."""

from __future__ import annotations

import json

import pytest

from smsl.audit import audit
from smsl.gate.decide import exit_code
from smsl.lab.account import Lab
from smsl.lab.exchange import ACCOUNT
from smsl.lab.stage import document, fake_password, make_key, make_role, make_secret, may_read, open_stage, role_arn
from smsl.model.finding import Finding, Severity
from smsl.model.report import Report
from smsl.sources.aws.calls import NO_READERS
from smsl.sources.aws.capture import Capture, capture, dump, load
from smsl.sources.aws.connection import Connection
from smsl.sources.aws.convert import convert
from smsl.sources.aws.request import Request, parse_target

REGION = "eu-west-1"


def taken(*names: str, everything: bool = False, notes: bool = False) -> Capture:
    targets = tuple(parse_target(name) for name in names)
    return capture(Request(targets, everything, (REGION,), notes=notes), Connection())


def readers(report: Report) -> dict[str, Finding]:
    return {each.function.rpartition(":")[2]: each for each in report.findings if each.rule.id == "plaintext-readers"}


SIGNUP = (
    "managed AWSLambda_ReadOnlyAccess: 1 user (alice)",
    "managed AdministratorAccess: 1 role (administrator)",
    "managed ReadOnlyAccess: 1 role (support)",
    "perhaps 1 user more (carol), which hangs on aws:SourceIp",
)
"""bob has a boundary without Lambda."""


@pytest.mark.parametrize("everything", [False, True])
def test_the_sample_account(lab: Lab, everything: bool) -> None:
    report = audit(convert(taken(*(() if everything else ("signup",)), everything=everything, notes=True)))

    found = readers(report)

    assert list(found) == ["signup"]
    assert found["signup"].because == SIGNUP
    assert found["signup"].message == (
        "signup: 2 roles and 1 user of the account can read the plaintext in its environment"
    )
    assert report.gaps == ()


def test_a_capture_tells_the_same(lab: Lab) -> None:
    live = taken("signup", notes=True)

    assert readers(audit(convert(load(dump(live)), "capture")))["signup"].because == SIGNUP


@pytest.mark.parametrize(
    ("name", "notes", "asked"), [("signup", False, False), ("checkout", True, False), ("signup", True, True)]
)
def test_roles_and_users_are_read_only_where_it_is_told(lab: Lab, name: str, notes: bool, asked: bool) -> None:
    lab.forget_calls()
    taken(name, notes=notes)

    assert ("GetAccountAuthorizationDetails" in {call["operation"] for call in lab.calls()}) is asked


@pytest.mark.parametrize("operation", ["GetAccountAuthorizationDetails", "GetPolicyVersion"])
def test_what_cannot_be_read_changes_no_verdict(lab: Lab, operation: str) -> None:
    # The managed policy of signup's own role is read for the verdict too: it must not be the one that is refused.
    whole = audit(convert(taken("signup", notes=True)))
    lab.set_faults({"service": "iam", "operation": operation, "kind": "refuse"})
    report = audit(convert(taken("signup", notes=True)))

    if operation == "GetAccountAuthorizationDetails":
        assert [str(each.verdict) for each in report.subjects] == [str(each.verdict) for each in whole.subjects]
        assert readers(report) == {}
        assert report.gaps == ()
        assert exit_code(report, Severity.CRITICAL) == exit_code(whole, Severity.CRITICAL)
    else:
        assert readers(report) == {}  # nobody for sure
        assert {gap.call for gap in report.gaps} == {
            "iam:GetPolicyVersion arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
        }
    assert NO_READERS in {each.text for each in report.assumptions}


@pytest.fixture(scope="module")
def guarded(other_account: Lab) -> Lab:
    """A function whose environment a customer key encrypts: its policy lets two roles use it, and delegates nothing."""
    stage = open_stage(other_account.url)
    trusted = document(
        [{"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}]
    )
    for name in ("operator", "operator-elsewhere", "onlooker"):
        stage.iam.create_role(RoleName=name, AssumeRolePolicyDocument=trusted)
        stage.iam.attach_role_policy(RoleName=name, PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    uses = {"Effect": "Allow", "Action": ["kms:Encrypt", "kms:Decrypt"], "Resource": "*"}
    elsewhere = {"StringEquals": {"kms:ViaService": "lambda.us-east-1.amazonaws.com"}}
    administers = {
        "Effect": "Allow",
        "Action": ["kms:Put*", "kms:Get*", "kms:Describe*", "kms:List*"],
        "Resource": "*",
    }
    key = make_key(
        stage,
        "environment",
        document(
            [
                {**uses, "Principal": {"AWS": role_arn("operator")}},
                {**uses, "Principal": {"AWS": role_arn("operator-elsewhere")}, "Condition": elsewhere},
                {**administers, "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}},
            ]
        ),
    )
    secret = make_secret(stage, "prod/guarded/db")
    make_role(stage, "guarded-exec", [may_read(secret)])
    stage.functions.create_function(
        FunctionName="guarded",
        Role=role_arn("guarded-exec"),
        Runtime="python3.12",
        Handler="app.handler",
        Code={"ZipFile": b"PK\x05\x06" + b"\0" * 18},
        KMSKeyArn=key,
        Environment={"Variables": {"DB_SECRET_ARN": secret, "DB_PASSWORD": fake_password()}},
    )
    return other_account


def test_a_customer_key_narrows_it_to_those_who_may_decrypt(guarded: Lab) -> None:
    report = audit(convert(taken("guarded", notes=True)))

    (found,) = readers(report).values()

    assert found.message == (
        "guarded: 1 role of the account can read the plaintext in its environment and decrypt it with its customer key"
    )
    # Whether Lambda's call to KMS carries kms:ViaService is not documented.
    assert found.because == (
        "managed ReadOnlyAccess: 1 role (operator)",
        "perhaps 1 role more (operator-elsewhere), which hangs on kms:ViaService",
    )


def test_the_key_cannot_be_read(guarded: Lab) -> None:
    guarded.set_faults({"service": "kms", "kind": "refuse"})
    try:
        report = audit(convert(taken("guarded", notes=True)))
    finally:
        guarded.clear_faults()

    assert readers(report) == {}
    assert report.gaps == ()
    assert [str(each.verdict) for each in report.subjects] == ["readable"]
    assert json.dumps([each.text for each in report.assumptions]).count("roles and users") == 1

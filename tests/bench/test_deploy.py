"""What a run makes in an account: announced, tagged, no more than it needs, and gone again whatever fails."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from smsl.bench import deploy
from smsl.bench.deploy import Deployment, deployed
from smsl.bench.journal import Journal, Resource, Whereabouts, abandoned, opened
from smsl.bench.names import Strategy
from smsl.bench.place import Place
from smsl.bench.plan import Plan, Target
from smsl.bench.run import Run
from smsl.bench.session import carry_out
from smsl.cli.bench.clean import clean_up
from smsl.lab.account import Lab
from smsl.lab.stage import REGION
from smsl.model.errors import SmslError

RUN = "0a1b2c3d"
VALUE = "Harbour-nobody-may-see-this"
PLAN = Plan(runtimes=("python3.13",), secrets=2, cold=1, warm=1)
WHERE = Whereabouts(RUN, "123456789012", REGION, None)
Ask = Callable[[str], Any]


@dataclass(frozen=True)
class Held:
    """What is in the account, by name."""

    secrets: frozenset[str]
    roles: frozenset[str]
    functions: frozenset[str]

    def __bool__(self) -> bool:
        return bool(self.secrets or self.roles or self.functions)


def held(ask: Ask) -> Held:
    return Held(
        frozenset(
            each["Name"] for each in ask("secretsmanager").list_secrets(IncludePlannedDeletion=True)["SecretList"]
        ),
        frozenset(each["RoleName"] for each in ask("iam").list_roles(PathPrefix="/smsl-bench/")["Roles"]),
        frozenset(each["FunctionName"] for each in ask("lambda").list_functions()["Functions"]),
    )


@pytest.fixture(autouse=True)
def _known_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deploy, "fresh_value", lambda: VALUE)


@contextmanager
def made(place: Place, journals: Path, plan: Plan = PLAN, tell: deploy.Tell = lambda _: None) -> Iterator[Deployment]:
    with (
        opened(journals, WHERE) as journal,
        deployed(plan, place.account, RUN, journal, place.layers, tell) as deployment,
    ):
        yield deployment


# What is made.


def test_everything_carries_the_tag_and_goes(place: Place, tmp_path: Path, ask: Ask) -> None:
    with made(place, tmp_path) as deployment:
        there = held(ask)
        secrets = [ask("secretsmanager").describe_secret(SecretId=each) for each in there.secrets]
        tags = [
            *(each["Tags"] for each in secrets),
            *(ask("iam").list_role_tags(RoleName=each)["Tags"] for each in there.roles),
        ]
        of_functions = [
            ask("lambda").list_tags(Resource=f"arn:aws:lambda:{REGION}:123456789012:function:{each}")["Tags"]
            for each in there.functions
        ]

        assert tags == [[{"Key": "smsl:run", "Value": RUN}]] * 6
        assert of_functions == [{"smsl:run": RUN}] * 4
        assert {each.name for each in deployment.functions} == there.functions
        assert {each.name for each in deployment.secrets} == there.secrets

    assert not held(ask)
    assert list(tmp_path.iterdir()) == []


class Watching(Journal):
    """A journal that looks, before it writes a name down, whether anything of that name was made already."""

    lab: Lab
    announced: list[Resource]

    def will_make(self, resource: Resource) -> None:
        assert resource.name not in created(self.lab)
        super().will_make(resource)
        self.announced.append(resource)


def created(lab: Lab) -> set[str]:
    """Return the names of what was asked to be made."""
    calls = [each for each in lab.calls() if each["operation"] in {"CreateSecret", "CreateRole", "CreateFunction"}]
    members = [json.loads(each["key"][each["key"].index("{") :]) for each in calls]
    return {str(each.get("Name") or each.get("RoleName") or each.get("FunctionName")) for each in members}


def test_everything_is_written_down_before_it_is_made(lab: Lab, place: Place, tmp_path: Path) -> None:
    lab.forget_calls()
    with opened(tmp_path, WHERE) as journal:
        watching = Watching(journal.where, journal._file)
        watching.lab, watching.announced = lab, []
        with deployed(PLAN, place.account, RUN, watching, place.layers, lambda _: None):
            assert {each.name for each in watching.announced} == created(lab)
            assert len(watching.announced) == 2 + 4 + 4


def test_a_role_may_read_its_secrets_and_no_more(place: Place, tmp_path: Path, ask: Ask) -> None:
    iam = ask("iam")
    with made(place, tmp_path) as deployment:
        arns = [each.arn for each in deployment.secrets]
        for strategy in Strategy:
            role = f"smsl-bench-{RUN}-{strategy.value}"
            names = iam.list_role_policies(RoleName=role)["PolicyNames"]
            assert iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"] == []
            if strategy is Strategy.ENV:
                assert names == []
                continue
            (name,) = names
            document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
            read = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": arns}
            assert document == {"Version": "2012-10-17", "Statement": [read]}


KEYS = "arn:aws:kms:eu-west-1:123456789012"
OTHERS = "arn:aws:kms:eu-west-1:999999999999"
VIA = {"kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com"}
ONE = {"Resource": [f"{KEYS}:key/1111"], "Condition": {"StringEquals": VIA}}
BY_ALIAS = {
    "Resource": [f"{KEYS}:key/*"],
    "Condition": {"StringEquals": VIA, "ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/mine"}},
}


@pytest.mark.parametrize(
    ("keys", "grants"),
    [
        ([None], []),
        ([f"{KEYS}:key/1111"], [ONE]),
        (["1111"], [ONE]),
        (["1111", None, f"{KEYS}:key/1111"], [ONE]),
        (["alias/mine"], [BY_ALIAS]),
        ([f"{KEYS}:alias/mine"], [BY_ALIAS]),
        (
            ["2222", "1111", "alias/mine"],
            [{**ONE, "Resource": [f"{KEYS}:key/1111", f"{KEYS}:key/2222"]}, BY_ALIAS],
        ),
        ([f"{OTHERS}:key/3333"], [{**ONE, "Resource": [f"{OTHERS}:key/3333"]}]),
    ],
)  # fmt: skip
def test_a_role_may_decrypt_with_the_keys_of_its_secrets(keys: list[str | None], grants: list[dict[str, Any]]) -> None:
    arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:mine-AbCdEf"
    wanted = tuple(deploy.Secret("mine", arn, key, made=False) for key in keys)

    _, *decrypt = deploy._may_read(wanted, REGION)

    assert decrypt == [{"Effect": "Allow", "Action": "kms:Decrypt", **each} for each in grants]


def test_a_secret_with_a_key_of_its_own_can_be_read(place: Place, tmp_path: Path, ask: Ask) -> None:
    key = ask("kms").create_key()["KeyMetadata"]["Arn"]
    ask("secretsmanager").create_secret(Name="keyed", SecretString=VALUE, KmsKeyId=key)

    with made(place, tmp_path, replace(PLAN, own_secrets=("keyed",), strategies=(Strategy.SDK,))) as deployment:
        assert [each.key for each in deployment.secrets] == [key]
        policy = ask("iam").get_role_policy(RoleName=f"smsl-bench-{RUN}-sdk", PolicyName="read-secrets")
        assert [each["Action"] for each in policy["PolicyDocument"]["Statement"]] == [
            "secretsmanager:GetSecretValue", "kms:Decrypt",
        ]  # fmt: skip


def test_a_secret_of_the_account_is_read_and_nothing_else(lab: Lab, place: Place, tmp_path: Path, ask: Ask) -> None:
    secrets = ask("secretsmanager")
    before = secrets.create_secret(Name="prod/checkout/db", SecretString=VALUE)
    lab.forget_calls()
    plan = replace(PLAN, own_secrets=("prod/checkout/db",), strategies=(Strategy.CACHE,))

    list(carry_out(plan, place, RUN, tmp_path, lambda _: None))

    asked = {each["operation"] for each in lab.calls() if each["service"] == "secretsmanager"}
    assert asked == {"DescribeSecret", "GetSecretValue"}
    after = secrets.get_secret_value(SecretId="prod/checkout/db")
    assert (after["VersionId"], after["SecretString"]) == (before["VersionId"], VALUE)
    assert held(ask) == Held(frozenset({"prod/checkout/db"}), frozenset(), frozenset())


# What fails.

MAKING = (
    ("secretsmanager", "CreateSecret", "secretsmanager:CreateSecret"),
    ("iam", "CreateRole", "iam:CreateRole"),
    ("iam", "PutRolePolicy", "iam:PutRolePolicy"),
    ("lambda", "CreateFunction", "lambda:CreateFunction"),
    ("lambda", "GetFunctionConfiguration", "lambda:GetFunctionConfiguration"),
)
REMOVING = (
    ("lambda", "DeleteFunction", "lambda:DeleteFunction", "function"),
    ("iam", "DeleteRolePolicy", "iam:DeleteRolePolicy", "role"),
    ("iam", "DeleteRole", "iam:DeleteRole", "role"),
    ("secretsmanager", "DeleteSecret", "secretsmanager:DeleteSecret", "secret"),
)
SMALL = replace(PLAN, strategies=(Strategy.CACHE, Strategy.ENV), secrets=1)


@pytest.mark.parametrize(("service", "operation", "action"), MAKING, ids=[each[1] for each in MAKING])
def test_nothing_remains_where_something_is_refused(
    lab: Lab, place: Place, tmp_path: Path, ask: Ask, service: str, operation: str, action: str,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    caplog.set_level(logging.DEBUG)
    lab.set_faults({"kind": "refuse", "service": service, "operation": operation})

    with (
        pytest.raises(SmslError, match=rf"^AWS refused {action} \(AccessDenied") as raised,
        made(place, tmp_path, SMALL),
    ):
        pytest.fail("it was made")

    assert not held(ask)
    assert list(tmp_path.iterdir()) == []
    assert VALUE not in f"{raised.getrepr(showlocals=False)}{caplog.text}"


@pytest.mark.parametrize(
    ("service", "operation", "action", "kind"), REMOVING, ids=[each[1] for each in REMOVING]
)  # fmt: skip
def test_what_cannot_be_removed_stays_in_the_journal(
    lab: Lab, place: Place, tmp_path: Path, ask: Ask, service: str, operation: str, action: str, kind: str
) -> None:
    with pytest.raises(SmslError) as raised, made(place, tmp_path, SMALL):
        lab.set_faults({"kind": "refuse", "service": service, "operation": operation})

    assert raised.value.message.startswith(f"Not everything could be removed: AWS refused {action} (AccessDenied")
    assert raised.value.next_step == "Remove the rest with: smsl bench clean"
    lab.clear_faults()
    left = [each for journal in abandoned(tmp_path) for each in journal.left]
    there = held(ask)
    assert {each.kind.value for each in left} == {kind}
    assert {each.name for each in left} == there.functions | there.roles | there.secrets
    assert VALUE not in "".join(each.read_text() for each in tmp_path.iterdir())


def test_both_reasons_are_told(lab: Lab, place: Place, tmp_path: Path) -> None:
    lab.set_faults(
        {"kind": "refuse", "service": "lambda", "operation": "CreateFunction"},
        {"kind": "refuse", "service": "secretsmanager", "operation": "DeleteSecret"},
    )

    with pytest.raises(SmslError) as raised, made(place, tmp_path, SMALL):
        pytest.fail("it was made")

    assert raised.value.message == (
        "AWS refused lambda:CreateFunction (AccessDeniedException). Not everything could be removed: AWS refused"
        " secretsmanager:DeleteSecret (AccessDeniedException)."
    )


def test_an_interruption_does_not_stop_the_removal(place: Place, tmp_path: Path, ask: Ask) -> None:
    """Ctrl-C, at each step of the removal again, and a terminal that is gone."""
    ends: list[BaseException] = [KeyboardInterrupt(), BrokenPipeError(), KeyboardInterrupt(), OSError()]

    def tell(text: str) -> None:
        if text.startswith("removing") and ends:
            raise ends.pop()

    with made(place, tmp_path, SMALL, tell):
        pass

    assert ends == []
    assert not held(ask)
    assert list(tmp_path.iterdir()) == []


def test_a_region_without_the_layer(lab: Lab, place: Place, tmp_path: Path, ask: Ask) -> None:
    lab.set_faults({"kind": "refuse", "service": "ssm"})

    with (
        pytest.raises(SmslError, match="no layer of the extension for x86_64"),
        made(replace(place, layers={}), tmp_path),
    ):
        pytest.fail("it was made")
    assert not held(ask)

    with made(place, tmp_path, replace(SMALL, strategies=(Strategy.EXTENSION,))) as deployment:
        assert deployment.layer == place.layers["x86_64"]


@pytest.mark.parametrize(
    ("changes", "step"),
    [
        ({"target": Target.AWS}, "Check with smsl audit that the secret can be read, or leave the strategy out."),
        ({"target": Target.LAB}, "See why with smsl lab and the same function, or leave the strategy out."),
        ({"failing": 0.9}, "With so many calls failing it never came through: give a lower --failing or --throttled."),
    ],
)
def test_a_function_that_does_not_work_is_told(
    lab: Lab, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], step: str
) -> None:
    monkeypatch.setattr("smsl.bench.run._PROBES", 2)
    with made(place, tmp_path, replace(SMALL, strategies=(Strategy.SDK,))) as deployment:
        lab.set_faults({"kind": "refuse", "service": "secretsmanager", "operation": "GetSecretValue"})
        lab.forget_calls()

        with pytest.raises(SmslError) as raised:
            Run(replace(SMALL, **changes), place.account, deployment.functions, None).probe()
        assert [each["operation"] for each in lab.calls()].count("Invoke") == 2

    assert str(raised.value) == f"The function for sdk on python3.13 does not work (ClientError). {step}"


# What a killed run leaves.

KILLED = """
import os, sys
from pathlib import Path
from smsl.bench.deploy import deployed
from smsl.bench.account import Account
from smsl.bench.journal import Whereabouts, opened
from smsl.bench.names import Strategy
from smsl.bench.plan import Plan
from smsl.lab.stage import REGION, bare_session
from smsl.sources.aws.connection import Clients
from smsl.cli.bench.asked import journal_directory
account = Account(Clients(bare_session(), sys.argv[1]), REGION, paced=False)
plan = Plan(runtimes=("python3.13",), strategies=(Strategy.CACHE,))
where = Whereabouts("0a1b2c3d", account.number(), REGION, sys.argv[1])
with opened(journal_directory(), where) as journal, deployed(plan, account, "0a1b2c3d", journal, {}, print):
    os.kill(os.getpid(), 9)
"""


def test_clean_finds_what_a_killed_run_has_left(
    lab: Lab, ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    for name, value in lab.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    killed = subprocess.run([sys.executable, "-c", KILLED, lab.url], check=False, capture_output=True, env=os.environ)
    assert killed.returncode == -9, killed.stderr
    assert held(ask)

    lab.set_faults({"kind": "refuse", "service": "iam", "operation": "DeleteRole"})
    assert clean_up(None, None, None) == 2
    printed = capsys.readouterr()
    assert printed.out == "Removed 2 resources.\n"
    assert printed.err.splitlines()[-2:] == [
        "run 0a1b2c3d: AWS refused iam:DeleteRole (AccessDenied). The bench needs",
        "  iam:DeleteRole.",
    ]

    lab.clear_faults()
    assert clean_up(None, None, None) == 0
    assert capsys.readouterr().out == "Removed 1 resource.\n"
    assert not held(ask)
    assert clean_up(None, None, None) == 0
    assert capsys.readouterr().out == "Nothing is left of runs that were killed.\n"


def test_clean_leaves_another_account_alone(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    for name, value in lab.environment.items():
        monkeypatch.setenv(name, value)
    with opened(tmp_path / "smsl" / "bench" / "journals", replace(WHERE, account="999999999999")) as journal:
        journal.will_make(Resource(deploy.Kind.FUNCTION, "theirs"))
    lab.forget_calls()

    assert clean_up(None, None, None) == 2

    assert {each["operation"] for each in lab.calls()} == {"GetCallerIdentity"}
    assert " ".join(capsys.readouterr().err.split()) == (
        "run 0a1b2c3d: it was made in account 999999999999, and these credentials are for 123456789012."
        " Use that account's credentials: --profile, --role-arn or AWS_PROFILE."
    )

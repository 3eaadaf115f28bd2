"""Each fix that is shown, run literally with the AWS CLI, turns its access; its undo turns it back."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path

import boto3
import pytest

from smsl.audit import audit
from smsl.fixes.variables import store_variable
from smsl.lab.account import Lab
from smsl.lab.sample import seed
from smsl.model.finding import Fix
from smsl.model.report import Report
from smsl.render.fix.awscli import render, render_later, render_undo
from smsl.sources.aws.capture import capture
from smsl.sources.aws.connection import Connection
from smsl.sources.aws.convert import convert
from smsl.sources.aws.request import Request, parse_target

TABLE = json.loads((Path(__file__).parent / "sample_account.json").read_text())
BROKEN = [name for name, row in TABLE.items() if row["verdict"] in ("blocked", "intermittent")]
NORMAL = ("invoices", "payroll", "partners", "ledger", "tracking")
"""The rows of the normal run: a policy, a grant, a value that is typed, several steps, one subnet of two; the
verification run has all."""


@pytest.fixture(scope="module")
def changed(other_account: Lab) -> Lab:
    """The sample account once more: these tests change it."""
    seed(other_account.url)
    return other_account


def report_of(name: str) -> Report:
    return audit(convert(capture(Request((parse_target(name),), False, ("eu-west-1",)), Connection())))


def fix_of(report: Report) -> Fix:
    fixes = [finding.fix for finding in report.findings if finding.fix is not None and finding.secret is not None]
    assert fixes, "a blocked access has a fix"
    return fixes[0]


def paste(script: str, where: Path, typed: str = "typed-by-somebody") -> str:
    """Run what is shown, as a shell runs it; return what it printed."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=where, env={**os.environ, "PATH": path, "AWS_PAGER": ""}, input=f"{typed}\n",
        capture_output=True, text=True, check=False, timeout=100,
    )  # fmt: skip
    assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr


def turned_and_turned_back(name: str, where: Path) -> None:
    before = report_of(name)
    fix = fix_of(before)
    assert fix.steps, f"{name}: {fix.summary}"
    assert fix.turns == "readable"

    paste(render(fix), where)
    after = report_of(name)
    assert str(after.subjects[0].verdict) == "readable"

    if fix.no_undo:
        assert not fix.undo
        return
    paste(render_undo(fix), where)
    back = report_of(name)
    assert str(back.subjects[0].verdict) == TABLE[name]["verdict"]
    assert back.subjects[0].accesses[0].blocked_by == before.subjects[0].accesses[0].blocked_by


@pytest.mark.every(4)
@pytest.mark.parametrize("name", NORMAL)
def test_the_fix_turns_the_access_and_the_undo_turns_it_back(changed: Lab, name: str, tmp_path: Path) -> None:
    turned_and_turned_back(name, tmp_path)


@pytest.mark.verify
@pytest.mark.parametrize("name", [name for name in BROKEN if name not in NORMAL])
def test_every_fix_turns_its_access_and_its_undo_turns_it_back(changed: Lab, name: str, tmp_path: Path) -> None:
    turned_and_turned_back(name, tmp_path)


def variables_of(name: str) -> dict[str, str]:
    client = boto3.client("lambda", region_name="eu-west-1")
    found: dict[str, str] = client.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    return found


def leaks(report: Report) -> dict[str, Fix]:
    found = {each.variable: each.fix for each in report.findings if each.rule.id == "plaintext-secret"}
    return {name: fix for name, fix in found.items() if fix is not None}


def leave(names: tuple[str, ...], where: Path) -> None:
    """Store these variables' secrets, take the values out, and put all of it back."""
    before = variables_of("signup")
    leaking = leaks(report_of("signup"))
    assert sorted(leaking) == ["DATABASE_URL", "DB_PASSWORD", "MAIL_API_KEY"]
    found = {name: leaking[name] for name in names}
    others = sorted({*leaking} - {*found})

    printed = "".join(paste(render(fix), where) for fix in found.values())

    assert {name: variables_of("signup")[name] for name in found} == {name: before[name] for name in found}
    half = {name: fix for name, fix in leaks(report_of("signup")).items() if name not in others}
    assert {name: (fix.steps, fix.later) for name, fix in half.items()} == {
        name: ((), fix.later) for name, fix in found.items()
    }

    printed += "".join(paste(render_later(fix), where) for fix in half.values())

    after = report_of("signup")
    assert sorted(leaks(after)) == others
    assert [str(access.verdict) for access in after.subjects[0].accesses] == ["readable"] * (1 + len(found))
    secrets = boto3.client("secretsmanager", region_name="eu-west-1")
    for name in found:
        stored = secrets.get_secret_value(SecretId=f"signup/{name}")["SecretString"]
        assert stored == before[name]
        assert f"+ {name}_SECRET_NAME=signup/{name}\n" in printed
        assert f"- {name}\n" in printed
        assert stored not in printed
    assert list(where.iterdir()) == []

    undone = "".join(paste(render_undo(fix), where) for fix in found.values())

    assert variables_of("signup") == before
    assert sorted(leaks(report_of("signup"))) == sorted(leaking)
    assert not any(before[name] in undone for name in found)
    assert list(where.iterdir()) == []
    for name in found:  # for good: the next fix takes the name again
        secrets.delete_secret(SecretId=f"signup/{name}", ForceDeleteWithoutRecovery=True)


@pytest.mark.verify
def test_a_secret_leaves_the_environment_and_no_value_is_seen(changed: Lab, tmp_path: Path) -> None:
    leave(("DATABASE_URL",), tmp_path)


@pytest.mark.verify
@pytest.mark.timeout(3600)
def test_every_secret_leaves_the_environment_and_no_value_is_seen(changed: Lab, tmp_path: Path) -> None:
    leave(("DATABASE_URL", "DB_PASSWORD", "MAIL_API_KEY"), tmp_path)


@pytest.mark.verify
def test_the_way_back_touches_nothing_that_the_fix_did_not_do(changed: Lab, tmp_path: Path) -> None:
    secrets = boto3.client("secretsmanager", region_name="eu-west-1")
    fix = leaks(report_of("signup"))["MAIL_API_KEY"]
    before = variables_of("signup")
    with contextlib.suppress(secrets.exceptions.InvalidRequestException, secrets.exceptions.ResourceNotFoundException):
        secrets.restore_secret(SecretId="signup/MAIL_API_KEY")
    with contextlib.suppress(secrets.exceptions.ResourceExistsException):
        secrets.create_secret(Name="signup/MAIL_API_KEY", SecretString="somebody's own")

    for script in (render(fix), render_undo(fix)):  # the name is taken; then there is nothing to take back
        with pytest.raises(AssertionError):
            paste(script, tmp_path)

    assert variables_of("signup") == before
    assert secrets.get_secret_value(SecretId="signup/MAIL_API_KEY")["SecretString"]


@pytest.mark.every(2)
@pytest.mark.parametrize(
    ("name", "value", "said"),
    [("PRIVATE_KEY", "one\r\ntwo", "carriage returns"), ("PADDING", "x" * 3950, "4 KB")],
)
def test_what_would_lose_or_show_a_value_stops_before(
    changed: Lab, tmp_path: Path, name: str, value: str, said: str
) -> None:
    client = boto3.client("lambda", region_name="eu-west-1")
    function = report_of("newsletter").subjects[0].function
    before = variables_of("newsletter")
    client.update_function_configuration(FunctionName="newsletter", Environment={"Variables": {**before, name: value}})
    snapshot = convert(capture(Request((parse_target("newsletter"),), False, ("eu-west-1",)), Connection()))
    fix = store_variable(snapshot, function, name)

    with pytest.raises(AssertionError, match=said) as stopped:
        paste(render(fix), tmp_path)

    assert value not in str(stopped.value)
    assert variables_of("newsletter") == {**before, name: value}
    client.update_function_configuration(FunctionName="newsletter", Environment={"Variables": before})

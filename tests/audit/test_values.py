"""Planted values come out nowhere: not on stdout or stderr, not in a capture, a log or an exception."""

from __future__ import annotations

import base64
import io
import json
import logging
import os
import random
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import boto3
import pytest

from smsl.lab.account import Lab
from smsl.lab.sample import seed
from smsl.sources.aws.calls import OPERATIONS

ALPHABET = "ҐґЄєЇїѢѣѲѳѴѵ"
"""Letters that occur nowhere else in the tree's output: any one of them in it is a leak."""
SMSL = str(Path(sys.executable).with_name("smsl"))
NAMES = (
    "DB_PASSWORD", "API_KEY", "DB_SECRET_ARN", "DB_SECRET_NAME", "DATABASE_URL", "CONFIG_JSON", "SECRETS_MANAGER_TTL",
    "AWS_ENDPOINT_URL", "HTTPS_PROXY", "OTHER_REGION", "NOTE", "APP_SECRET_PATH",
)  # fmt: skip
EVERY_FORMAT = [
    f"--format={each}"
    for each in ("console", "json=a.json", "sarif=b", "junit=c", "markdown=d", "github=e", "gitlab=f")
]


def planted(seed: int) -> str:
    return "".join(random.Random(seed).choices(ALPHABET, k=24))  # noqa: S311 -- a test's values repeat


def leaks(text: str) -> list[str]:
    """Return the forms in which a planted letter stands in a text."""
    forms = {letter: [letter, quote(letter), json.dumps(letter)[1:-1]] for letter in ALPHABET}
    encoded = [base64.b64encode(planted(seed).encode()).decode().rstrip("=")[:16] for seed in range(40)]
    return [form for each in forms.values() for form in each if form in text] + [
        form for form in encoded if form in text
    ]


def test_a_planted_value_would_be_seen() -> None:
    value = planted(3)

    for form in (value, quote(value), json.dumps(value), base64.b64encode(value.encode()).decode()):
        assert leaks(f"a {form} b")


@pytest.fixture(scope="module")
def sown(other_account: Lab) -> Lab:
    """An account with planted values in every place that is not a name."""
    lab = other_account
    seed(lab.url)
    session = boto3.session.Session("AKIAIOSFODNN7EXAMPLE", "nothing", region_name="eu-west-1")

    def client(service: str):  # type: ignore[no-untyped-def]
        return session.client(service, endpoint_url=lab.url)

    variables = dict(zip(NAMES, map(planted, range(len(NAMES))), strict=True))
    variables["DATABASE_URL"] = f"postgres://app:{planted(20)}@db.internal/{planted(21)}"
    variables["CONFIG_JSON"] = json.dumps({"password": planted(22)}, ensure_ascii=False)
    functions = client("lambda")
    old = functions.get_function_configuration(FunctionName="newsletter")["Environment"]["Variables"]
    functions.update_function_configuration(FunctionName="newsletter", Environment={"Variables": {**variables, **old}})
    functions.update_function_configuration(FunctionName="newsletter", Description=planted(23))
    secrets = client("secretsmanager")
    arn = old["DB_SECRET_ARN"]
    secrets.put_secret_value(SecretId=arn, SecretString=planted(24))
    secrets.update_secret(SecretId=arn, Description=planted(25))
    secrets.tag_resource(SecretId=arn, Tags=[{"Key": "note", "Value": planted(26)}])
    client("iam").tag_role(RoleName="newsletter-exec", Tags=[{"Key": "note", "Value": planted(27)}])
    return lab


def outputs(lab: Lab, *arguments: str, where: Path) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    done = subprocess.run(
        [SMSL, *arguments], capture_output=True, text=True, check=False, cwd=where, timeout=100,
        env={**environment, **lab.environment},
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    written = "".join(path.read_text() for path in where.iterdir() if path.is_file())
    return done.stdout + done.stderr + written


@pytest.mark.every(3)
@pytest.mark.parametrize(
    "arguments",
    [
        ["audit", "newsletter"],
        ["audit", "newsletter", "--notes", "--debug"],
        ["audit", "newsletter", "--format", "json", "--debug"],
        ["audit", "--all", "--format", "json"],
        ["audit", "--all", "--notes"],
        ["capture", "newsletter", "-o", "out.json"],
        ["capture", "--all", "-o", "out.json"],
        ["audit", "nobody"],
        ["audit", "--all", "--notes", *EVERY_FORMAT],
    ],
    ids=" ".join,
)
def test_no_command_prints_a_planted_value(sown: Lab, arguments: list[str], tmp_path: Path) -> None:
    text = outputs(sown, *arguments, where=tmp_path)

    assert text
    assert leaks(text) == []


@pytest.mark.parametrize(
    ("operation", "kind"),
    [
        (operation, kind)
        for operation in ("lambda:GetFunctionConfiguration", "iam:GetRole")
        for kind in ("garbage", "refuse")
    ],
)
def test_no_failure_prints_a_planted_value(sown: Lab, operation: str, kind: str, tmp_path: Path) -> None:
    check_failure(sown, operation, kind, tmp_path)


@pytest.mark.verify
@pytest.mark.parametrize("kind", ["refuse", "throttle", "hang", "garbage"])
@pytest.mark.parametrize("operation", sorted(OPERATIONS))
def test_no_failure_of_any_operation_prints_a_planted_value(
    sown: Lab, operation: str, kind: str, tmp_path: Path
) -> None:
    check_failure(sown, operation, kind, tmp_path)


def check_failure(lab: Lab, operation: str, kind: str, where: Path) -> None:
    service, _, name = operation.partition(":")
    lab.set_faults({"service": service, "operation": name, "kind": kind})
    try:
        text = outputs(lab, "audit", "newsletter", "--debug", "--notes", "--deadline", "4", where=where)
    finally:
        lab.clear_faults()
    assert leaks(text) == []


def test_debug_logging_of_the_process_holds_no_planted_value(sown: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    from smsl.audit import audit
    from smsl.render.json import render
    from smsl.sources.aws.capture import capture
    from smsl.sources.aws.connection import Connection
    from smsl.sources.aws.convert import convert
    from smsl.sources.aws.request import Request, parse_target

    for name, value in sown.environment.items():
        monkeypatch.setenv(name, value)
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        taken = capture(Request((parse_target("newsletter"),), False, ("eu-west-1",)), Connection())
        text = render(audit(convert(taken))) + repr(taken) + repr(convert(taken))
    finally:
        root.removeHandler(handler)
        root.setLevel(before)

    assert leaks(written.getvalue() + text) == []

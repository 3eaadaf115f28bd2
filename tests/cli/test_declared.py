"""The command line's way to plans and templates: which files belong together, and where they go."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from smsl.cli.program import run

INFRASTRUCTURES = Path(__file__).parent.parent / "infrastructures"
HERE = ("--account", "123456789012", "--region", "eu-west-1")

Audit = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def audit(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Audit:
    for name in [each for each in os.environ if each.startswith("AWS_")]:
        monkeypatch.delenv(name)

    def audit(*arguments: str) -> tuple[int, dict[str, Any]]:
        with pytest.raises(SystemExit) as ending:
            run(["audit", *arguments, "--format", "json"])
        out = capsys.readouterr().out
        assert isinstance(ending.value.code, int)
        return ending.value.code, json.loads(out) if out else {}

    return audit


def text(name: str) -> str:
    return (INFRASTRUCTURES / name / "template.yaml").read_text()


def test_stages_side_by_side_are_judged_one_by_one(audit: Audit, tmp_path: Path) -> None:
    (tmp_path / "test.yaml").write_text(text("01-plain"))
    (tmp_path / "prod.yaml").write_text(text("01-plain").replace("secretsmanager:GetSecretValue", "s3:GetObject"))
    code, report = audit("--from", str(tmp_path), *HERE)
    assert code == 1
    assert sorted(each["verdict"] for each in report["functions"]) == ["blocked", "readable"]
    [finding] = [each for each in report["findings"] if each["severity"] == "critical"]
    assert finding["origin"]["file"].endswith("prod.yaml")


def test_stacks_that_differ_are_judged_together(audit: Audit, tmp_path: Path) -> None:
    whole = text("01-plain")
    (tmp_path / "one.yaml").write_text(whole)
    (tmp_path / "two.yaml").write_text(text("02-customer-key"))
    code, report = audit("--from", str(tmp_path), *HERE)
    assert code == 0
    assert len(report["functions"]) == 2


def test_the_environment_s_region_counts_and_an_option_wins(audit: Audit, monkeypatch: pytest.MonkeyPatch) -> None:
    template = str(INFRASTRUCTURES / "04-via-wrong-region" / "template.yaml")
    assert audit("--template", template)[1]["functions"][0]["verdict"] == "unknown"
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    assert audit("--template", template)[1]["functions"][0]["verdict"] == "blocked"
    assert audit("--template", template, "--region", "us-east-1")[1]["functions"][0]["verdict"] == "readable"


def test_a_function_is_chosen_by_name_and_by_logical_id(audit: Audit) -> None:
    template = str(INFRASTRUCTURES / "21-several" / "template.yaml")
    for name in ("worker-c", "FunctionC"):
        code, report = audit(name, "--template", template, *HERE)
        assert [each["name"] for each in report["functions"]] == ["worker-c"]
        assert code == 1
    assert audit("nobody", "--template", template, *HERE)[0] == 2


def test_an_imported_role_is_of_the_function_s_account(audit: Audit, tmp_path: Path) -> None:
    file = tmp_path / "t.yaml"
    file.write_text(
        """
Resources:
  Fn:
    Type: AWS::Lambda::Function
    Properties:
      Role: !ImportValue shared-role
      Code: {ZipFile: x}
      Environment: {Variables: {DB_SECRET_NAME: prod/db}}
  Db: {Type: AWS::SecretsManager::Secret, Properties: {Name: prod/db, GenerateSecretString: {}}}
"""
    )
    code, report = audit("--template", str(file), *HERE)
    assert (code, report["functions"][0]["verdict"]) == (3, "unknown")
    assert not [each for each in report["findings"] if each["severity"] in ("critical", "high")]

"""The commands as a person runs them: a lab in one process, the audit in another, a capture with no endpoint at all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

from smsl.lab.account import Lab

SMSL = str(Path(sys.executable).with_name("smsl"))
TABLE = json.loads((Path(__file__).parent / "sample_account.json").read_text())


def bare(where: Path) -> dict[str, str]:
    """Return an environment without a trace of AWS."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return {**kept, "HOME": str(where), "AWS_EC2_METADATA_DISABLED": "true"}


def smsl(environment: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([SMSL, *arguments], env=environment, capture_output=True, text=True, check=False, timeout=100)


Row = tuple[str, list[str], list[str]]


def verdicts(text: str) -> dict[str, Row]:
    """Return verdict, blocking layers and the rules that the table speaks of, by function."""
    report = json.loads(text)
    found = {}
    for function in report["functions"]:
        layers = list(dict.fromkeys(layer for access in function["accesses"] for layer in access["blocked_by"]))
        rules = {
            finding["rule"]
            for finding in report["findings"]
            if finding["function"] == ":".join(filter(None, (function["arn"], function["qualifier"])))
            and (finding["severity"] in ("critical", "high") or finding["rule"] == "read-wildcard")
        }
        label = function["name"] + (f":{function['qualifier']}" if function["qualifier"] else "")
        found[label] = (function["verdict"], layers, sorted(rules))
    return found


ALL: dict[str, Row] = {name: (row["verdict"], row["blocked_by"], row["rules"]) for name, row in TABLE.items()}
EXPECTED = {name: row for name, row in ALL.items() if ":" not in name}


def test_through_the_endpoint_of_a_running_lab(lab: Lab, tmp_path: Path) -> None:
    environment = {**bare(tmp_path), **lab.environment}
    endpoint = environment.pop("AWS_ENDPOINT_URL")

    done = smsl(environment, "audit", *ALL, "--endpoint-url", endpoint, "--format", "json")

    assert done.returncode == 1, done.stderr
    assert verdicts(done.stdout) == ALL


def test_a_capture_needs_neither_endpoint_nor_credentials(lab: Lab, tmp_path: Path) -> None:
    live = smsl(dict(os.environ), "audit", "--all", "--format", "json")
    taken = smsl(dict(os.environ), "capture", "--all", "-o", str(tmp_path / "account.json"))
    assert taken.returncode == 0, taken.stderr
    assert (tmp_path / "account.json").stat().st_mode & 0o777 == 0o600

    later = smsl(bare(tmp_path), "audit", "--capture", str(tmp_path / "account.json"), "--format", "json")

    assert later.returncode == 1, later.stderr
    assert verdicts(later.stdout) == EXPECTED
    first, second = json.loads(live.stdout), json.loads(later.stdout)
    schema = json.loads(files("smsl.render").joinpath("report.schema.json").read_text())
    for report in (first, second):
        jsonschema.validate(report, schema)
    for report in (first, second):
        del report["source"]
    assert second == first


def test_a_captures_age_is_said(lab: Lab, tmp_path: Path) -> None:
    file = tmp_path / "account.json"
    smsl(dict(os.environ), "capture", "checkout", "-o", str(file))
    capture = json.loads(file.read_text())
    capture["taken_at"] = "2026-01-02T03:04:05+00:00"
    file.write_text(json.dumps(capture))

    done = smsl(bare(tmp_path), "audit", "--capture", str(file))

    assert done.returncode == 0
    assert "2026-01-02" in done.stdout
    assert "days old" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["audit", "nobody"], "No function nobody in eu-west-1"),
        (["audit", "checkout", "--region", "us-east-1"], "it exists in eu-west-1"),
        (["audit", "checkout:nope"], "no alias or version nope"),
        (["audit", "checkout", "--endpoint-url", "http://127.0.0.1:9"], "cannot be reached"),
        (["audit", "checkout", "--profile", "nope"], "No such AWS profile"),
        (["audit", "a b"], "not the name of a Lambda function"),
        (["audit"], "No function is named"),
        (["audit", "--capture", "nowhere.json"], "cannot be read"),
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)
def test_an_error_is_one_clear_sentence_with_the_next_step(lab: Lab, arguments: list[str], says: str) -> None:
    done = smsl(dict(os.environ), *arguments)

    assert done.returncode == 2
    assert done.stdout == ""
    assert says in done.stderr
    assert len(done.stderr.splitlines()) == 2


def test_no_credentials(lab: Lab, tmp_path: Path) -> None:
    done = smsl({**bare(tmp_path), "AWS_REGION": "eu-west-1"}, "audit", "checkout")

    assert done.returncode == 2
    assert "No AWS credentials were found" in done.stderr


def test_an_expired_sign_on(lab: Lab, tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text(
        "[profile work]\nsso_session = work\nsso_account_id = 123456789012\nsso_role_name = reader\n"
        "region = eu-west-1\n"
        "[sso-session work]\nsso_start_url = https://example.awsapps.com/start\nsso_region = eu-west-1\n"
    )

    done = smsl({**bare(tmp_path), "AWS_CONFIG_FILE": str(config)}, "audit", "checkout", "--profile", "work")

    assert done.returncode == 2
    assert "aws sso login" in done.stderr

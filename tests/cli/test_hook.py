"""What pre-commit hands over, and what becomes of it: one audit of the files that may hold a function."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from smsl.cli.hook import audit_of

FILES = {
    "function.yaml": "Resources:\n  Checkout:\n    Type: AWS::Lambda::Function\n",
    "a b.json": '{"Resources": {"Checkout": {"Type": "AWS::Serverless::Function"}}}',
    "bucket.yaml": "Resources:\n  Bucket:\n    Type: AWS::S3::Bucket\n",
    "compose.yaml": "services: {}\n",
    "rules.yaml": "rules:\n  - AWS::Lambda::Function needs an owner\n",
    "plan.json": '{"format_version": "1.2", "resource_changes": [{"type": "aws_lambda_function"}]}',
    "plan-of-buckets.json": '{"format_version": "1.2", "resource_changes": [{"type": "aws_s3_bucket"}]}',
}


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.items():
        Path(name).write_text(text)
    Path("wide.json").write_text(FILES["plan.json"], encoding="utf-16")


@pytest.mark.parametrize(
    ("arguments", "asked"),
    [
        (["--template", *FILES], ("audit", "--template=function.yaml", "--template=a b.json")),
        (["--template", "bucket.yaml", "compose.yaml", "rules.yaml"], None),
        (["--template", "--fail-on=medium", "bucket.yaml"], None),
        (
            ["--template", "--fail-on=medium", "--debug", "function.yaml"],
            ("audit", "--fail-on=medium", "--debug", "--template=function.yaml"),
        ),
        (["--template", "gone.yaml"], ("audit", "--template=gone.yaml")),
        (["--template", "--from=infra"], ("audit", "--from=infra")),
        (["--template"], ("audit",)),
        (["--plan", "plan.json", "plan-of-buckets.json"], ("audit", "--plan=plan.json")),
        (["--plan", "plan-of-buckets.json"], None),
        (["--plan", "wide.json"], ("audit", "--plan=wide.json")),
    ],
)
def test_what_is_audited(arguments: list[str], asked: tuple[str, ...] | None) -> None:
    assert audit_of(arguments) == asked


@pytest.mark.parametrize("name", ["-x.yaml", "--fail-on=critical", "--config=of the change.yaml"])
def test_a_file_is_no_option(name: str) -> None:
    Path(name).write_text(FILES["function.yaml"])
    done = subprocess.run(
        [sys.executable, "-m", "smsl.cli.hook", "--template", "--fail-on=critical", "function.yaml", name],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "smsl: The name of a file begins with a hyphen, and could be taken for an option.\n"
    with pytest.raises(ValueError, match="begins with a hyphen"):
        audit_of(["--template", name])

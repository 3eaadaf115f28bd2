"""The commands of a fix are what the AWS CLI understands, and nothing else happens when they are pasted."""

from __future__ import annotations

import json
import os
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from botocore import xform_name
from botocore.session import Session
from hypothesis import given, settings
from hypothesis import strategies as st

from smsl.model.finding import Edit, Fix, Step
from smsl.render.fix import awscli

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "awscli_cases.json").read_text())
# A shell function in the place of the AWS CLI: it keeps its words, and answers what a file of its name says.
STUB = """
aws() {
  printf '%s\\0' "$#" "$@" >> "$LOG"
  case "$*" in *file:///dev/stdin*) cat > "$LOG.stdin";; esac
  if [ -n "${ANSWER:-}" ]; then printf '%s' "$ANSWER"; fi
}
"""


def paste(script: str, folder: Path, **settings: str) -> tuple[list[list[str]], subprocess.CompletedProcess[str]]:
    """Return the argument lists that the commands hand to the AWS CLI."""
    log = folder / "log"
    done = subprocess.run(
        ["bash", "-c", f"{STUB}\n{script}"],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "LOG": str(log), **settings},
        input=settings.get("TYPED", ""),
        capture_output=True,
        text=True,
        check=False,
    )
    words = log.read_bytes().decode().split("\0")[:-1] if log.exists() else []
    calls: list[list[str]] = []
    while words:
        count = int(words[0])
        calls.append(words[1 : count + 1])
        words = words[count + 1 :]
    return calls, done


@cache
def driver() -> Any:
    from awscli.clidriver import create_clidriver

    return create_clidriver()


def understood(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Return the parameters that the AWS CLI itself makes of an argument list."""
    for name, value in {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_CONFIG_FILE": os.devnull}.items():
        monkeypatch.setenv(name, value)
    if "--region" not in arguments:
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    seen: list[dict[str, Any]] = []

    def keep(params: dict[str, Any], **_: Any) -> None:
        seen.append(dict(params))

    def answer(**_: Any) -> tuple[Any, dict[str, Any]]:
        return type("Answered", (), {"status_code": 200})(), {}

    session = driver().session
    session.register("provide-client-params.*.*", keep, unique_id="keep")
    session.register("before-call.*.*", answer, unique_id="answer")
    try:
        assert driver().main(arguments) == 0
    finally:
        session.unregister("provide-client-params.*.*", unique_id="keep")
        session.unregister("before-call.*.*", unique_id="answer")
    return seen[0]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the AWS CLI's own
def test_the_aws_cli_reads_the_parameters(
    case: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = Step(case["service"], case["operation"], case["parameters"], case.get("region"))
    calls, done = paste(awscli.render(Fix("", (step,))), tmp_path)
    assert done.returncode == 0, done.stderr
    # A policy document is text to the AWS CLI, but structure to a step.
    got = {
        name: json.loads(value) if isinstance(case["parameters"][name], dict) and isinstance(value, str) else value
        for name, value in understood(calls[0], monkeypatch).items()
    }
    assert got == case["parameters"]


@pytest.mark.parametrize("service", ["iam", "kms", "lambda", "secretsmanager", "ec2"])
def test_names_are_spelled_as_the_aws_cli_spells_them(service: str) -> None:
    model = Session().get_service_model(service)
    for name in model.operation_names:
        assert awscli.option(name) == xform_name(name, "-")
        shape = model.operation_model(name).input_shape
        for member in shape.members if shape else ():
            assert awscli.option(member) == xform_name(member, "-")


@settings(deadline=None, max_examples=25)
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1))
def test_a_hostile_name_stays_one_word(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    step = Step("iam", "PutRolePolicy", {"RoleName": name, "PolicyDocument": {"a": [name]}})
    script = awscli.render(Fix("", (step,)))
    assert script.replace("\n", "").isprintable()
    calls, done = paste(script, tmp_path_factory.mktemp("paste"))
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    words = calls[0]
    assert words[:2] == ["iam", "put-role-policy"]
    assert words[2:4] == ["--role-name", name] or words[2] == f"--role-name={name}"
    assert json.loads(words[-1]) == {"a": [name]}


def test_an_answer_is_kept_for_later_steps(tmp_path: Path) -> None:
    steps = (
        Step("ec2", "CreateSecurityGroup", {"GroupName": "a"}, "eu-west-1", bind="SG", query="GroupId"),
        Step("ec2", "AuthorizeSecurityGroupIngress", {"GroupId": "$SG", "IpPermissions": [{"a": "$SG", "b": "$HOME"}]}),
        Step("ec2", "ModifyVpcEndpoint", {"VpcEndpointId": "$HOME", "AddSecurityGroupIds": ["$SG", "sg-2"]}),
    )
    calls, done = paste(awscli.render(Fix("", steps)), tmp_path, ANSWER="sg-9")
    assert done.returncode == 0, done.stderr
    assert calls[0][-6:] == ["--query", "GroupId", "--output", "text", "--region", "eu-west-1"]
    assert calls[1][3] == "sg-9"
    assert json.loads(calls[1][5]) == [{"a": "sg-9", "b": "$HOME"}]
    assert calls[2][2:] == ["--vpc-endpoint-id", "$HOME", "--add-security-group-ids", "sg-9", "sg-2"]


def test_nothing_runs_after_a_failure(tmp_path: Path) -> None:
    steps = (Step("iam", "GetRole", {}), Step("iam", "DeleteRole", {}))
    script = awscli.render(Fix("", steps)).replace("aws iam get-role", "false")
    calls, done = paste(script, tmp_path)
    assert calls == []
    assert done.returncode == 1


ALLOW = {"Sid": "Old", "Effect": "Allow"}
NEW = {"Sid": "it's new", "Effect": "Allow"}


def edit_step(**change: Any) -> Step:
    edit = Edit("kms", "GetKeyPolicy", {"KeyId": "k"}, "Policy", "Policy", file="key", **change)
    return Step("kms", "PutKeyPolicy", {"KeyId": "k"}, "eu-west-1", edit=edit)


@pytest.mark.parametrize("as_text", [False, True])
@pytest.mark.parametrize(
    ("document", "change", "after"),
    [
        ({"Statement": [ALLOW]}, {"add": NEW}, {"Statement": [ALLOW, NEW]}),
        ({"Statement": ALLOW}, {"add": NEW}, {"Statement": [ALLOW, NEW]}),
        ({"Statement": [ALLOW, NEW]}, {"drop_index": 0}, {"Statement": [NEW]}),
        ({"Statement": ALLOW}, {"drop_index": 0}, {"Statement": []}),
        ({"Statement": [ALLOW]}, {"drop_index": 0, "add": NEW}, {"Statement": [NEW]}),
        ({"Version": "2012-10-17"}, {"add": NEW}, {"Version": "2012-10-17", "Statement": [NEW]}),
        (["a:1", "b:2"], {"swap": ("a:1", "c:3")}, ["c:3", "b:2"]),
        (None, {"add": NEW}, {"Version": "2012-10-17", "Statement": [NEW]}),
    ],
)
def test_a_document_is_fetched_and_edited(
    document: Any, change: dict[str, Any], after: dict[str, Any], as_text: bool, tmp_path: Path
) -> None:
    answer = json.dumps(json.dumps(document) if as_text and document is not None else document)
    calls, done = paste(awscli.render(Fix("", (edit_step(**change),))), tmp_path, ANSWER=answer)
    assert done.returncode == 0, done.stderr
    fetched, put = (" ".join(call) for call in calls)
    assert fetched == "kms get-key-policy --key-id k --query Policy --output json --region eu-west-1"
    assert put == "kms put-key-policy --key-id k --policy file://smsl-key.after.json --region eu-west-1"
    assert json.loads((tmp_path / "smsl-key.after.json").read_text()) == after
    before = {"Version": "2012-10-17", "Statement": []} if document is None else document
    assert json.loads((tmp_path / "smsl-key.before.json").read_text()) == before
    assert "\n>" in f"\n{done.stdout}" or "\n<" in f"\n{done.stdout}"


@pytest.mark.parametrize(
    ("answer", "said"), [('{"Statement": []}', "is there already"), ("", ""), ("AccessDenied", "")]
)
def test_a_second_paste_and_a_failed_fetch_change_nothing(answer: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "smsl-key.before.json").write_text("kept") if said else None
    calls, done = paste(awscli.render(Fix("", (edit_step(drop_index=0),))), tmp_path, ANSWER=answer)
    assert done.returncode != 0
    assert said in done.stderr
    assert [call[1] for call in calls] == ["get-key-policy"]


def test_a_statement_that_is_there_is_not_added_again(tmp_path: Path) -> None:
    calls, done = paste(
        awscli.render(Fix("", (edit_step(add=NEW),))), tmp_path, ANSWER=json.dumps({"Statement": [NEW]})
    )
    assert "already there" in done.stderr
    assert len(calls) == 1


def test_a_member_that_is_gone_is_not_swapped(tmp_path: Path) -> None:
    calls, done = paste(awscli.render(Fix("", (edit_step(swap=("a", "b")),))), tmp_path, ANSWER='["c"]')
    assert "not there any more" in done.stderr
    assert len(calls) == 1


def test_an_indented_edit_still_runs(tmp_path: Path) -> None:
    script = "\n".join("    " + line for line in awscli.render(Fix("", (edit_step(add=NEW),))).split("\n"))
    _, done = paste(script, tmp_path, ANSWER='{"Statement": []}')
    assert done.returncode == 0, done.stderr


def test_the_undo_has_files_of_its_own(tmp_path: Path) -> None:
    script = awscli.render_undo(Fix("", (), (edit_step(drop_index=0),)))
    _, done = paste(script, tmp_path, ANSWER=json.dumps({"Statement": [NEW]}))
    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / "smsl-key-undo.after.json").read_text()) == {"Statement": []}


def test_a_value_is_typed_and_stands_on_no_command_line(tmp_path: Path) -> None:
    step = Step("secretsmanager", "PutSecretValue", {"SecretId": "a"}, stdin="SecretString")
    script = awscli.render(Fix("", (step, Step("iam", "GetUser", {}))))
    calls, done = paste(script, tmp_path, TYPED='{"a": "b\\n c"}\n')
    assert done.returncode == 0, done.stderr
    assert calls[0][-2:] == ["--secret-string", "file:///dev/stdin"]
    assert (tmp_path / "log.stdin").read_text() == '{"a": "b\\n c"}'
    assert calls[1] == ["iam", "get-user"]


def test_no_steps_are_no_commands() -> None:
    assert awscli.render(Fix("ask the owner")) == ""
    assert awscli.render_undo(Fix("ask the owner")) == ""

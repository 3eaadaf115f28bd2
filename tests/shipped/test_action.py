"""The composite action, run as a runner runs it: what smsl is asked, what comes out, what hostile input does."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

Git = Callable[..., str]
STAND_IN = """#!{python} -I
import json, sys
from pathlib import Path
Path({record!r}).write_text(json.dumps(sys.argv[1:]))
print("on stderr", file=sys.stderr)
for format, text in {reports!r}.items():
    for each in sys.argv:
        if each.startswith(f"--format={{format}}="):
            Path(each.split("=", 2)[2]).write_text(text)
sys.exit({code})
"""
REPORTS = {
    "console": "BLOCKED shipping\n::add-mask::smsl\n##[error]by a name\n",
    "github": "::error file=template.yaml,line=7,title=read-denied (critical)%3A shipping::shipping cannot read\n",
    "markdown": "## BLOCKED\n",
    "sarif": "{}\n",
}
HOSTILE = (
    '"; touch pwned; "',
    "'; touch pwned; '",
    "$(touch pwned)",
    "`touch pwned`",
    "${IFS}&& touch pwned #",
    "| tee pwned",
    "> pwned",
    "*",
    "--help",
    "::error::pwned",
    "name=value<<EOF",
    "${{ github.token }}",
    "\\",
    "a b\tc",
    "déjà \U0001f512",
)
SINGLE = ("from", "capture", "fail-on", "on-unknown", "baseline", "config")


@pytest.fixture
def action(root: Path) -> dict[str, Any]:
    """Return the action's file."""
    file: dict[str, Any] = yaml.safe_load((root / "action.yml").read_text())
    return file


class Asked:
    """A run with a stand-in for smsl, which writes down what it was asked."""

    def __init__(self, runner: ModuleType, root: Path, directory: Path) -> None:
        self.runner, self.root = runner, root
        self.workspace, self.temporary = directory / "workspace", directory / "runner temp"
        self.workspace.mkdir()
        self.temporary.mkdir()
        self.record = directory / "asked.json"

    def run(
        self,
        given: Mapping[str, str],
        event: Mapping[str, Any] | None = None,
        *,
        code: int = 0,
        reports: Mapping[str, str] | None = None,
    ) -> Any:
        stand_in = self.record.parent / "smsl"
        stand_in.write_text(
            STAND_IN.format(
                python=sys.executable,
                record=str(self.record),
                reports=REPORTS if reports is None else reports,
                code=code,
            )
        )
        stand_in.chmod(0o755)
        self.record.unlink(missing_ok=True)
        instead = {"found": {"python": sys.executable}, "install": {"smsl": str(stand_in)}}
        machine = self.runner.Runner(self.root, self.workspace, self.temporary, instead=instead)
        return machine.run(given, event)

    def arguments(self) -> list[str] | None:
        """Return what smsl was asked, without where its reports go; None if it was not run."""
        if not self.record.exists():
            return None
        return [each for each in json.loads(self.record.read_text()) if not each.startswith("--format=")]


@pytest.fixture
def asked(runner: ModuleType, root: Path, tmp_path: Path) -> Asked:
    """A workspace without a repository."""
    return Asked(runner, root, tmp_path)


def test_it_is_an_action_by_githubs_schema(root: Path) -> None:
    check = Path(sys.executable).with_name("check-jsonschema")
    done = subprocess.run(
        [check, "--builtin-schema", "vendor.github-actions", root / "action.yml"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_no_input_gets_into_the_text_of_a_script(action: dict[str, Any], root: Path) -> None:
    steps = action["runs"]["steps"]
    assert [step["run"] for step in steps if "${{" in step.get("run", "")] == []
    assert all(re.search(r"@[0-9a-f]{40}$", step["uses"]) for step in steps if "uses" in step)
    given = {value for step in steps for value in (*step.get("env", {}).values(), *step.get("with", {}).values())}
    used = {found for value in given for found in re.findall(r"inputs\.([\w-]+)", str(value))}
    assert used == set(action["inputs"])
    assert subprocess.run(["bash", "-n", root / "action" / "audit.sh"], check=False).returncode == 0


@pytest.mark.parametrize(
    ("given", "arguments"),
    [
        ({}, ["--from=."]),
        ({"plan": "plan.json"}, ["--plan=plan.json"]),
        ({"template": "a.yaml\r\n  b c.yaml  \n\n"}, ["--template=a.yaml", "--template=b c.yaml"]),
        ({"from": "infra", "capture": "account.json"}, ["--from=infra", "--capture=account.json"]),
        (
            {"from": ".", "fail-on": "medium", "on-unknown": "warn", "baseline": "b.json", "config": "c.toml"},
            ["--from=.", "--fail-on=medium", "--on-unknown=warn", "--baseline=b.json", "--config=c.toml"],
        ),
        ({"no-inline-suppressions": "true"}, ["--from=.", "--no-inline-suppressions"]),
        (
            {"args": "--region=eu-west-1\n--parameter\nStage=a b"},
            ["--from=.", "--region=eu-west-1", "--parameter", "Stage=a b"],
        ),
    ],
)
def test_what_smsl_is_asked(asked: Asked, given: dict[str, str], arguments: list[str]) -> None:
    ended = asked.run(given)
    assert ended.success, ended.log
    assert asked.arguments() == ["audit", *arguments]
    assert asked.arguments() is not None


@pytest.mark.parametrize(("name", "option"), [("plan", "--plan="), ("template", "--template="), ("args", "")])
def test_hostile_input_is_one_argument_a_line_and_nothing_else(asked: Asked, name: str, option: str) -> None:
    ended = asked.run({name: "\n".join(HOSTILE)})
    assert asked.arguments() == ["audit", *["--from=."] * (name == "args"), *(f"{option}{text}" for text in HOSTILE)]
    assert_nothing_ran(asked, ended)


@pytest.mark.parametrize("shift", [0, 3, 6, 9])
def test_hostile_input_is_one_argument_and_nothing_else(asked: Asked, shift: int) -> None:
    texts = dict(zip(SINGLE, HOSTILE[shift:], strict=False))
    ended = asked.run(texts)
    assert asked.arguments() == ["audit", *(f"--{name}={text}" for name, text in texts.items())]
    assert_nothing_ran(asked, ended)


def assert_nothing_ran(asked: Asked, ended: Any) -> None:
    assert list(asked.workspace.iterdir()) == []
    assert set(ended.steps["audit"]) == {"exit-code", "sarif"}
    assert [command.title for command in ended.commands] == ["read-denied (critical): shipping"]


@pytest.mark.parametrize("name", SINGLE)
def test_what_can_be_given_once_is_not_dropped_the_first_time(asked: Asked, name: str) -> None:
    ended = asked.run({name: "a\nb"})
    assert asked.arguments() is None
    assert [each.message for each in ended.commands] == [f"The input {name} has more than one line."]


@pytest.mark.parametrize("name", ["trusted-ref", "no-inline-suppressions", "summary", "annotations", "sarif-file"])
def test_hostile_input_of_another_kind_is_refused(asked: Asked, name: str) -> None:
    ended = asked.run({name: "\n".join(HOSTILE)})
    assert asked.arguments() is None
    assert (ended.success, ended.outputs) == (False, {"exit-code": "2", "sarif": ""})
    assert [(each.name, each.title) for each in ended.commands] == [("error", "smsl")]
    assert "pwned" not in ended.log
    assert list(asked.workspace.iterdir()) == []


@pytest.mark.parametrize("code", [0, 1, 2, 3])
def test_what_comes_out(asked: Asked, code: int) -> None:
    ended = asked.run({}, code=code)
    assert ended.success is (code == 0)
    assert ended.outputs["exit-code"] == str(code)
    assert Path(ended.outputs["sarif"]).read_text() == "{}\n"
    assert asked.temporary in Path(ended.outputs["sarif"]).parents
    assert ended.summary == REPORTS["markdown"]
    assert ended.commands[0].message == "shipping cannot read"
    assert [each.title for each in ended.commands[1:]] == ["smsl"] * (code == 2)
    assert ended.log.index("on stderr") < ended.log.index("BLOCKED shipping")
    assert list(asked.workspace.iterdir()) == []


def test_without_a_report_there_is_none(asked: Asked) -> None:
    (asked.workspace / "old.sarif").write_text("of an earlier run")
    ended = asked.run({"sarif-file": "old.sarif"}, code=2, reports={})
    assert ended.outputs == {"exit-code": "2", "sarif": ""}
    assert ended.summary == ""
    assert list(asked.workspace.iterdir()) == []


def test_a_report_does_not_follow_a_link_of_the_change(asked: Asked, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_text("kept")
    (asked.workspace / "smsl.sarif").symlink_to(outside)
    ended = asked.run({"sarif-file": "smsl.sarif"})
    assert ended.outputs["sarif"] == "smsl.sarif"
    assert (asked.workspace / "smsl.sarif").read_text() == "{}\n"
    assert outside.read_text() == "kept"


def test_summary_and_annotations_can_be_left_out(asked: Asked) -> None:
    ended = asked.run({"summary": "false", "annotations": "false"}, code=1)
    assert (ended.summary, ended.commands) == ("", [])
    assert "BLOCKED shipping" in ended.log


def test_a_summary_that_github_would_drop(asked: Asked) -> None:
    ended = asked.run({}, reports=REPORTS | {"markdown": "x" * 1_000_000})
    assert ended.summary == "The report of smsl is too long for a summary: see the job's log.\n"


@pytest.fixture
def checkout(asked: Asked, git: Git, tmp_path: Path) -> tuple[str, str]:
    """A pull request's checkout, one commit deep, in the workspace; return the base's commit and the change's."""
    origin = tmp_path / "origin"
    git(tmp_path, "init", "-q", str(origin))
    git(origin, "config", "uploadpack.allowAnySHA1InWant", "true")  # as on GitHub
    git(origin, "commit", "-q", "--allow-empty", "-m", "base")
    git(origin, "checkout", "-q", "-b", "change")
    git(origin, "commit", "-q", "--allow-empty", "-m", "change")
    git(asked.workspace, "clone", "-q", "--depth=1", "--branch=change", f"file://{origin}", ".")
    git(asked.workspace, "fetch", "-q", "--depth=1", "origin", "change")
    git(asked.workspace, "branch", "main")
    git(asked.workspace, "tag", "trusted")
    base, change = git(origin, "rev-parse", "main", "change").split()
    return base, change


def test_a_pull_request_is_judged_by_its_bases_rules(asked: Asked, checkout: tuple[str, str]) -> None:
    base, _ = checkout
    ended = asked.run({}, {"pull_request": {"base": {"sha": base}}})
    assert ended.success, ended.log
    assert asked.arguments() == ["audit", "--from=.", f"--trusted-ref={base}"]


def test_a_merge_queue_is_too(asked: Asked, checkout: tuple[str, str]) -> None:
    base, _ = checkout
    asked.run({"no-inline-suppressions": "true"}, {"merge_group": {"base_sha": base}})
    assert asked.arguments() == ["audit", "--from=.", "--no-inline-suppressions", f"--trusted-ref={base}"]


def test_a_name_is_the_origins_and_not_the_changes(asked: Asked, checkout: tuple[str, str]) -> None:
    base, change = checkout
    for name, commit in (("main", base), ("change", change)):
        asked.run({"trusted-ref": name})
        arguments = asked.arguments()
        assert arguments is not None
        assert arguments[-1] == f"--trusted-ref={commit}"


@pytest.mark.parametrize(
    "name", ["trusted", "nowhere", "0" * 40, "--upload-pack=touch pwned", "main:refs/heads/x", "HEAD~1"]
)
def test_a_revision_that_the_origin_lacks_stops_the_run(asked: Asked, checkout: tuple[str, str], name: str) -> None:
    ended = asked.run({"trusted-ref": name})
    assert asked.arguments() is None
    assert (ended.success, ended.outputs["exit-code"]) == (False, "2")
    assert [path.name for path in asked.workspace.iterdir()] == [".git"]


def test_what_was_fetched_before_is_no_base(asked: Asked, checkout: tuple[str, str], git: Git) -> None:
    git(asked.workspace, "remote", "remove", "origin")
    assert (asked.workspace / ".git" / "FETCH_HEAD").read_text().startswith(checkout[1])
    assert asked.run({"trusted-ref": "main"}).outputs["exit-code"] == "2"
    assert asked.arguments() is None


def test_an_empty_revision_takes_the_checkouts_rules(asked: Asked, checkout: tuple[str, str]) -> None:
    base, _ = checkout
    asked.run({"trusted-ref": ""}, {"pull_request": {"base": {"sha": base}}})
    assert asked.arguments() == ["audit", "--from=."]


@pytest.mark.parametrize(
    ("version", "wanted", "set_up"),
    [("3.11.0", "", None), ("3.10.9", "", "3.13"), (None, "", "3.13"), ("3.12.1", "3.12", "3.12")],
)
def test_python_is_set_up_only_if_needed(
    asked: Asked, tmp_path: Path, version: str | None, wanted: str, set_up: str | None
) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    for tool in ("bash", "cat", "mktemp", "od", "tr", "rm", "wc"):
        (tools / tool).symlink_to(next(Path(each, tool) for each in ("/usr/bin", "/bin") if Path(each, tool).exists()))
    if version is not None:
        numbers = tuple(map(int, version.split(".")))
        (tools / "python3").write_text(
            f"#!{sys.executable}\nimport sys\nsys.version_info = {numbers}\n"
            'assert sys.argv[1:3] == ["-I", "-c"]\nexec(sys.argv[3])\n'
        )
        (tools / "python3").chmod(0o755)
    machine = asked.runner.Runner(
        asked.root,
        asked.workspace,
        asked.temporary,
        used={"actions/setup-python": {"python-path": "/opt/python"}},
        instead={"install": {}, "audit": {"exit-code": "0", "sarif": ""}},
        path=str(tools),
    )
    ended = machine.run({"python-version": wanted})
    assert ended.success, ended.log
    given = None if set_up is None else {"python-version": set_up, "update-environment": "false"}
    assert ended.used.get("actions/setup-python") == given
    assert ended.steps["found"] == ({"python": str(tools / "python3")} if set_up is None else {})

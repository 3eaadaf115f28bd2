"""A GitHub runner in small: it runs the steps of a composite action as the runner does, and takes their commands.

Sources:
https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax
https://docs.github.com/en/actions/reference/workflows-and-actions/expressions
https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import yaml

_EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
_TOKEN = re.compile(r"\s*(?:'((?:[^']|'')*)'|(\|\||&&|==|!=|!|\(|\))|([A-Za-z_][\w.-]*))")
_COMMAND = re.compile(r"::([a-z-]+|smsl-[0-9a-f]{32})(?: ([^:]*))?::(.*)")
_PROPERTY = re.compile(r"(\w+)=([^,]*)")


def evaluated(text: Any, contexts: Mapping[str, Any]) -> Any:
    """Return a value of the action's file with each ``${{ }}`` in it put in."""
    if not isinstance(text, str):
        return str(text).lower() if isinstance(text, bool) else text
    whole = _EXPRESSION.fullmatch(text.strip())
    if whole is not None:
        return Expression(whole[1], contexts).value()
    return _EXPRESSION.sub(lambda found: shown(Expression(found[1], contexts).value()), text)


def shown(value: Any) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


class Expression:
    """As much of the language as an action of ours uses: names, strings, ``|| && == != !`` and brackets."""

    def __init__(self, text: str, contexts: Mapping[str, Any]) -> None:
        self.contexts = contexts
        self.tokens: list[tuple[str, str]] = []
        text = text.strip()
        at = 0
        while at < len(text):
            found = _TOKEN.match(text, at)
            assert found is not None, text[at:]
            kind = ("string", "sign", "name")[found.lastindex - 1] if found.lastindex else ""
            self.tokens.append((kind, found[found.lastindex or 0].replace("''", "'")))
            at = found.end()

    def value(self) -> Any:
        value = self._either()
        assert not self.tokens, self.tokens
        return value

    def _taken(self, *signs: str) -> str | None:
        if self.tokens and self.tokens[0][0] == "sign" and self.tokens[0][1] in signs:
            return self.tokens.pop(0)[1]
        return None

    def _either(self) -> Any:
        value = self._both()
        while self._taken("||"):
            other = self._both()
            value = value or other
        return value

    def _both(self) -> Any:
        value = self._compared()
        while self._taken("&&"):
            other = self._compared()
            value = value and other
        return value

    def _compared(self) -> Any:
        value = self._one()
        while sign := self._taken("==", "!="):
            same = shown(value).lower() == shown(self._one()).lower()
            value = same == (sign == "==")
        return value

    def _one(self) -> Any:
        if self._taken("!"):
            return not self._one()
        if self._taken("("):
            value = self._either()
            assert self._taken(")")
            return value
        kind, text = self.tokens.pop(0)
        if kind == "string":
            return text
        first, *members = text.split(".")
        value = self.contexts[first]  # a context that there is not is an error, a member is not
        for member in members:
            value = value.get(member) if isinstance(value, Mapping) else None
        return value


@dataclass(frozen=True, slots=True)
class Command:
    """A workflow command that the runner obeys."""

    name: str
    title: str | None
    message: str
    file: str | None = None
    line: int = 0


@dataclass(slots=True)
class Ended:
    """What a run of an action left."""

    success: bool = True
    outputs: dict[str, str] = field(default_factory=dict)
    steps: dict[str, dict[str, Any]] = field(default_factory=dict)
    commands: list[Command] = field(default_factory=list)
    summary: str = ""
    log: str = ""
    used: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What each action of others was given."""


@dataclass(frozen=True, slots=True)
class Runner:
    """A runner for one action.

    Attributes:
        action: The directory of ``action.yml``.
        workspace: Where the caller's repository is checked out.
        temporary: The runner's directory for temporary files.
        used: What each action of others, named without its revision, answers.
        instead: Steps by id that are not run, with their outputs.
    """

    action: Path
    workspace: Path
    temporary: Path
    used: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    instead: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    path: str = os.environ["PATH"]

    def run(self, given: Mapping[str, str], event: Mapping[str, Any] | None = None) -> Ended:
        """Run the action with these inputs."""
        file = yaml.safe_load((self.action / "action.yml").read_text())
        assert not set(given) - set(file["inputs"]), "the runner warns of an input that there is not"
        contexts: dict[str, Any] = {"github": {"event": event or {}}, "steps": {}}
        contexts["inputs"] = {
            name: given.get(name, shown(evaluated(about.get("default"), contexts)))
            for name, about in file["inputs"].items()
        }
        ended = Ended()
        for step in file["runs"]["steps"]:
            if ended.success and evaluated(step.get("if", True), contexts) not in (False, "false", "", None):
                outputs = self._step(step, contexts, ended)
                contexts["steps"][step.get("id", "")] = {"outputs": outputs}
                ended.steps[step.get("id", "")] = dict(outputs)
        ended.outputs = {name: shown(evaluated(about["value"], contexts)) for name, about in file["outputs"].items()}
        return ended

    def _step(self, step: Mapping[str, Any], contexts: Mapping[str, Any], ended: Ended) -> Mapping[str, str]:
        if step.get("id") in self.instead:
            return self.instead[step["id"]]
        if "uses" in step:
            name, _, revision = step["uses"].partition("@")
            assert re.fullmatch(r"[0-9a-f]{40}", revision), step["uses"]
            ended.used[name] = {key: evaluated(value, contexts) for key, value in step["with"].items()}
            return self.used[name]
        assert step["shell"] == "bash"  # a composite's step must name its shell
        files = {name: self.temporary / f"_{name}" for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_ENV")}
        for file in files.values():
            file.write_text("")
        script = self.temporary / "step.sh"
        script.write_text(step["run"])
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(script)],
            cwd=self.workspace,
            env={
                "PATH": self.path,
                "HOME": str(self.temporary),
                "RUNNER_TEMP": str(self.temporary),
                "GITHUB_ACTION_PATH": str(self.action),
                "GITHUB_WORKSPACE": str(self.workspace),
                **{name: os.environ[name] for name in os.environ if name.startswith("PIP_")},
                **{name: str(file) for name, file in files.items()},
                **{name: shown(evaluated(value, contexts)) for name, value in step.get("env", {}).items()},
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="surrogateescape",
            check=False,
        )
        ended.log += done.stdout
        ended.commands += commands_in(done.stdout)
        ended.summary += files["GITHUB_STEP_SUMMARY"].read_text()
        ended.success = done.returncode == 0
        assert files["GITHUB_ENV"].read_text() == "", "no step of ours changes what follows in the caller's job"
        return set_by(files["GITHUB_OUTPUT"].read_text())


def set_by(text: str) -> dict[str, str]:
    """Return what a file of ``name=value`` and ``name<<MARK`` sets."""
    values: dict[str, str] = {}
    lines = iter(text.split("\n"))
    for line in lines:
        equals, heredoc = line.find("="), line.find("<<")
        if equals >= 0 and not 0 <= heredoc < equals:
            values[line[:equals]] = line[equals + 1 :]
        elif heredoc >= 0:
            name, mark = line[:heredoc], line[heredoc + 2 :]
            held = []
            while (each := next(lines)) != mark:
                held.append(each)
            values[name] = "\n".join(held)
        else:
            assert line == "", line
    return values


def commands_in(log: str) -> list[Command]:
    """Return the commands that the runner obeys: none between ``stop-commands`` and its mark."""
    commands: list[Command] = []
    stopped: str | None = None
    for line in log.splitlines():
        found = _COMMAND.match(line.lstrip())
        if stopped is not None:
            stopped = None if line.strip() == f"::{stopped}::" else stopped
        elif found is not None and found[1] == "stop-commands":
            stopped = found[3]
        elif found is not None:
            given = {key: unquote(value) for key, value in _PROPERTY.findall(found[2] or "")}
            line_of = int(given.get("line", 0))
            commands.append(Command(found[1], given.get("title"), unquote(found[3]), given.get("file"), line_of))
        else:
            assert "##[" not in line, line
    assert stopped is None
    return commands

"""Functions in a running lab: made in one line, invoked in another."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from smsl.lab.account import Lab
from smsl.lab.stage import make_role, open_stage

Make = Callable[..., str]


def zipped(files: Mapping[str, str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in files.items():
            entry = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            entry.external_attr = 0o755 << 16
            archive.writestr(entry, text)
    return file.getvalue()


@dataclass(frozen=True)
class Answered:
    """What an Invoke answered."""

    payload: Any
    error: str | None
    log: str
    id: str
    version: str


@pytest.fixture(scope="module")
def functions(lab: Lab) -> Any:
    return open_stage(lab.url).functions


@pytest.fixture(scope="module")
def make(lab: Lab, functions: Any) -> Make:
    """Return what makes a function of a few lines of Python, or of files by name, and returns its name."""
    role = make_role(open_stage(lab.url), "runner")

    def make_it(name: str, code: str | Mapping[str, str], **more: Any) -> str:
        files = {"app.py": code} if isinstance(code, str) else code
        settings = {"Runtime": "python3.12", "Handler": "app.handler", "Timeout": 10, "MemorySize": 128, **more}
        functions.create_function(FunctionName=name, Role=role, Code={"ZipFile": zipped(files)}, **settings)
        return name

    return make_it


def invoke(functions: Any, name: str, event: Any = None, **more: Any) -> Answered:
    answer = functions.invoke(FunctionName=name, Payload=json.dumps(event or {}), LogType="Tail", **more)
    return Answered(
        json.loads(answer["Payload"].read()),
        answer.get("FunctionError"),
        base64.b64decode(answer["LogResult"]).decode(),
        answer["ResponseMetadata"]["RequestId"],
        answer["ExecutedVersion"],
    )

"""What a function's code runs under, for each of Lambda's runtimes that the lab has."""

from __future__ import annotations

import os
import platform
import shlex
import shutil
import subprocess
import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

_HERE = Path(__file__).parent
NODE_MODULES = Path(sys.prefix) / "share" / "smsl" / "node_modules"
"""Where the AWS SDK for JavaScript lies, which Lambda's own Node.js runtimes bring with them."""
_OFF = {"nodejs20": ("require-module",), "nodejs22": ("require-module", "detect-module")}
"""What Node.js does by itself and Lambda's runtimes do not, unless NODE_OPTIONS turns it on.

Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html
"""
_SINCE = {"require-module": (20, 17), "detect-module": (20, 10)}
"""The versions of Node.js from which on it can be turned off."""
_NODE_SDK = "@aws-sdk/client-secrets-manager"
INSTALL_NODE_SDK = f"npm install --prefix {shlex.quote(str(NODE_MODULES.parent))} {_NODE_SDK}@3"
"""The command that puts it there."""


class UnsupportedError(Exception):
    """The lab cannot run this runtime; the text says why."""


def command(
    runtime: str, handler: str, task: Path, opt: Path, *, node_options: str = "", stepped: bool
) -> tuple[str, ...]:
    """Return what starts a runtime.

    Args:
        runtime: Lambda's name of it.
        handler: As the function has it.
        task: The function's files.
        opt: Its layers' files.
        node_options: What its variable NODE_OPTIONS holds.
        stepped: Whether its clock can be stepped.

    Raises:
        UnsupportedError: There is no such runtime here.
    """
    if runtime.startswith("python"):
        return _python(handler, stepped=stepped)
    if runtime.startswith("nodejs"):
        return _node(runtime, handler, node_options, stepped=stepped)
    if runtime.startswith("provided"):
        for place in (task, opt):
            if os.access(place / "bootstrap", os.X_OK):
                return (str(place / "bootstrap"),)
        raise UnsupportedError("Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]")
    raise UnsupportedError(f"The lab runs python, nodejs and provided runtimes, not {runtime}")


def described(runtime: str) -> str:
    """Return in words what runs functions of a runtime here: the interpreter and the runtime's client."""
    if runtime.startswith("python"):
        client = f"awslambdaric {version('awslambdaric')}" if has_aws_client() else "a small loop of smsl's own"
        return f"Python {platform.python_version()}, {client}"
    if runtime.startswith("nodejs"):
        return f"Node.js {node_version()}, a small loop of smsl's own"
    return "its own bootstrap"


@cache
def has_aws_client() -> bool:
    """Tell whether AWS's own runtime client for Python is here, with its compiled part."""
    try:
        version("awslambdaric")
    except PackageNotFoundError:
        return False
    return find_spec("runtime_client") is not None


def has_node_sdk() -> bool:
    """Tell whether functions find the AWS SDK for JavaScript, as far as they read secrets with it."""
    return (NODE_MODULES / _NODE_SDK / "package.json").is_file()


@cache
def node_version() -> str | None:
    """Return the version of Node.js on the path; None when there is none."""
    node = shutil.which("node")
    if node is None:
        return None
    done = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)  # noqa: S603 -- asks for a number
    return done.stdout.strip().removeprefix("v") or None


def _python(handler: str, *, stepped: bool) -> tuple[str, ...]:
    module = ("-m", "awslambdaric") if has_aws_client() else (str(_HERE / "loop.py"),)
    if stepped:
        return (sys.executable, str(_HERE / "stepped.py"), *module[-1:], handler)
    return (sys.executable, *module, handler)


def _node(runtime: str, handler: str, node_options: str, *, stepped: bool) -> tuple[str, ...]:
    node = shutil.which("node")
    if node is None:
        raise UnsupportedError("Node.js is not on the path of this machine")
    own = tuple(map(int, (node_version() or "0").split(".")[:2]))
    off = [
        f"--no-experimental-{feature}"
        for feature in _OFF.get(runtime.partition(".")[0], ())
        if own >= _SINCE[feature] and f"--experimental-{feature}" not in node_options.split()
    ]
    before = ("--import", (_HERE / "stepped.mjs").as_uri()) if stepped else ()
    return (node, *off, *before, str(_HERE / "loop.mjs"), handler)

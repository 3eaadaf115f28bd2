"""The environment variables of a function's processes.

Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime and
https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html (what extensions do not get).
"""

from __future__ import annotations

import os
import re
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from smsl.lab.functions.deployed import Deployed
from smsl.lab.functions.package import Unpacked
from smsl.lab.functions.ports import Port
from smsl.lab.functions.runtimes import NODE_MODULES

PORT = "PARAMETERS_SECRETS_EXTENSION_HTTP_PORT"
CLOCK = "SMSL_LAB_CLOCK"
"""Path of the file that says by how much the clock of a function's processes is ahead; the lab's own variable."""

RESERVED = frozenset({
    "_HANDLER", "_X_AMZN_TRACE_ID", "AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_DEFAULT_REGION",
    "AWS_EXECUTION_ENV", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION", "AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_LAMBDA_RUNTIME_API", "AWS_REGION", "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN", "LAMBDA_RUNTIME_DIR", "LAMBDA_TASK_ROOT",
})  # fmt: skip
"""Names that a function's configuration may not hold."""
_NOT_FOR_EXTENSIONS = re.compile(r"_.*|AWS_EXECUTION_ENV|AWS_LAMBDA_LOG_.*|AWS_XRAY_.*|LAMBDA_(TASK_ROOT|RUNTIME_DIR)")


@dataclass(frozen=True, slots=True)
class Credentials:
    """What one environment signs its calls with: they tell whose calls they are."""

    access_key: str
    secret_key: str
    token: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an environment has besides its function."""

    identifier: str
    """32 hexadecimal digits, the end of the log stream's name."""
    credentials: Credentials
    endpoint: str
    """URL of the lab's front, for every service."""
    temporary: Path
    """The environment's own directory for files that do not last."""
    extension_port: Port | None
    """Where AWS's extension listens; None without it."""
    clock: Path | None
    """None when the clock is the machine's own."""

    def ahead(self) -> float:
        """Return the seconds by which the clock of its processes is ahead of the machine's."""
        return 0.0 if self.clock is None else float(struct.unpack("<d", self.clock.read_bytes())[0])


def runtime_variables(deployed: Deployed, files: Unpacked, around: Surroundings, api: str) -> dict[str, str]:
    """Return all variables of the runtime's process; nothing of the lab's own environment gets into it."""
    python = ".".join(deployed.runtime.removeprefix("python").split(".")[:2])
    layers = [files.opt / "python", files.opt / "python" / "lib" / f"python{python}" / "site-packages"]
    node = [files.opt / "nodejs" / "node_modules", NODE_MODULES]
    libraries = [files.opt / "lib", *map(Path, filter(None, os.environ.get("LD_LIBRARY_PATH", "").split(":")))]
    today = datetime.now(UTC).strftime("%Y/%m/%d")
    return {
        # A directory that is not there would cost at every import.
        "LD_LIBRARY_PATH": _joined(path for path in libraries if path.is_dir()),
        "PYTHONPATH": _joined(path for path in layers if path.is_dir()),
        "PYTHONDONTWRITEBYTECODE": "1",  # on Lambda the function's files cannot be written
        "NODE_PATH": _joined(node),
        "PWD": str(files.task),
        **_all_processes(deployed, files, around, api),
        "_HANDLER": deployed.handler,
        **({} if deployed.runtime.startswith("provided") else {"AWS_EXECUTION_ENV": f"AWS_Lambda_{deployed.runtime}"}),
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{deployed.name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": f"{today}/[{deployed.version}]{around.identifier}",
        "LAMBDA_TASK_ROOT": str(files.task),
        "LAMBDA_RUNTIME_DIR": str(Path(__file__).parent / "runtimes"),
    }


def extension_variables(deployed: Deployed, files: Unpacked, around: Surroundings, api: str) -> dict[str, str]:
    """Return all variables of an external extension's process."""
    theirs = _all_processes(deployed, files, around, api)
    return {name: value for name, value in theirs.items() if not _NOT_FOR_EXTENSIONS.fullmatch(name)}


def _all_processes(deployed: Deployed, files: Unpacked, around: Surroundings, api: str) -> dict[str, str]:
    """Return what runtime and extensions have alike; a function's own variables win over the lab's customs only."""
    clock = {CLOCK: str(around.clock)} if around.clock else {}
    port = {PORT: str(around.extension_port.number)} if around.extension_port else {}
    return {
        "LANG": "C.UTF-8",
        "TZ": ":UTC",
        "PATH": f"{os.environ.get('PATH', os.defpath)}:{files.opt / 'bin'}",
        "HOME": str(around.temporary),
        "TMPDIR": str(around.temporary),
        "AWS_ENDPOINT_URL": around.endpoint,
        "AWS_EC2_METADATA_DISABLED": "true",
        **deployed.variables,
        **port,
        "AWS_REGION": deployed.region,
        "AWS_DEFAULT_REGION": deployed.region,
        "AWS_ACCESS_KEY_ID": around.credentials.access_key,
        "AWS_SECRET_ACCESS_KEY": around.credentials.secret_key,
        "AWS_SESSION_TOKEN": around.credentials.token,
        "AWS_LAMBDA_FUNCTION_NAME": deployed.name,
        "AWS_LAMBDA_FUNCTION_VERSION": deployed.version,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(deployed.memory),
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_RUNTIME_API": api,
        **clock,
    }


def own_port(variables: Mapping[str, str]) -> int:
    """Return the port that a function's configuration gives the extension, else AWS's default."""
    text = variables.get(PORT, "")
    return int(text) if text.isdigit() and 0 < int(text) < 65536 else 2773


def _joined(places: Iterable[Path]) -> str:
    return ":".join(map(str, places))

"""Deployment packages and layers on disk: unpacked once for each content, below the lab's own directory.

    node_modules                   -> the AWS SDK for JavaScript, which Lambda's Node.js runtimes bring with them
    opt/LAYERS                     the layers of a function, one over the other
    task/LAYERS/node_modules       -> opt/LAYERS/nodejs/node_modules
    task/LAYERS/PACKAGE            a function's own files

Node.js looks for a module in the node_modules of each directory above the file that asks, for `require` and for
`import` alike: so both find a function's own modules, then its layers', then the runtime's, as on Lambda. NODE_PATH
serves `require` alone, and a hook into the resolution of modules would cost each start tens of milliseconds.

Source: https://docs.aws.amazon.com/lambda/latest/dg/packaging-layers.html
"""

from __future__ import annotations

import hashlib
import io
import re
import shutil
import sys
import threading
import zipfile
from dataclasses import dataclass
from pathlib import Path

import smsl
from smsl.lab.functions.deployed import Deployed, Layer
from smsl.lab.functions.runtimes import NODE_MODULES

LARGEST = 262_144_000
"""Bytes of a function and its layers, unpacked.

Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""
EXTENSION = "AWSParametersAndSecretsLambdaExtension"
"""File name of AWS's extension, by which it registers."""
_EXTENSION_LAYER = re.compile(r".*:layer:AWS-Parameters-and-Secrets-Lambda-Extension(-Arm64)?:\d+")
_START = "import sys; sys.path.insert(0, sys.argv.pop()); from smsl.lab.extension.main import main; main()"
_EMULATED = (sys.executable, "-I", "-S", "-c", _START, str(Path(smsl.__file__).parent.parent))
"""The emulated extension: its own package and the standard library, so that it starts like a small program."""


@dataclass(frozen=True, slots=True)
class Program:
    """An external extension."""

    name: str
    argv: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unpacked:
    """Where a function's files lie."""

    task: Path
    """Its package: LAMBDA_TASK_ROOT, /var/task on Lambda."""
    opt: Path
    """Its layers, one over the other: /opt on Lambda."""
    extensions: tuple[Program, ...]
    missing: tuple[str, ...]
    """ARNs of layers that the lab does not have."""

    @property
    def has_aws_extension(self) -> bool:
        """Whether AWS's extension for parameters and secrets is among them."""
        return any(each.name == EXTENSION for each in self.extensions)


class Packages:
    """The unpacked packages of a lab.

    Args:
        directory: Where they go.
        binary: The real extension, in place of the emulated one.
    """

    def __init__(self, directory: Path, binary: Path | None = None) -> None:
        self._directory = directory
        self._binary = binary
        self._lock = threading.Lock()

    def unpack(self, deployed: Deployed) -> Unpacked:
        """Return where the files of a function are.

        Raises:
            zipfile.BadZipFile, OSError: A package cannot be unpacked.
        """
        own = [layer.content for layer in deployed.layers if layer.content is not None]
        with self._lock:
            opt = self._unpacked("opt", own)
            task = self._unpacked(f"task/{opt.name}", [deployed.code])
            _link(self._directory / "node_modules", NODE_MODULES)
            _link(task.parent / "node_modules", opt / "nodejs" / "node_modules")
        programs = [Program(path.name, (str(path),)) for path in sorted(opt.glob("extensions/*")) if path.is_file()]
        if any(_EXTENSION_LAYER.fullmatch(layer.arn) for layer in deployed.layers):
            programs.append(Program(EXTENSION, (str(self._binary),) if self._binary else _EMULATED))
        missing = [layer.arn for layer in deployed.layers if _is_missing(layer)]
        return Unpacked(task, opt, tuple(programs), tuple(missing))

    def _unpacked(self, kind: str, archives: list[bytes]) -> Path:
        digest = hashlib.sha256(b"".join(hashlib.sha256(each).digest() for each in archives)).hexdigest()[:32]
        target = self._directory / kind / digest
        if target.exists():
            return target
        half = target.with_suffix(".part")
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(parents=True)
        for each in archives:
            _extract(each, half)
        half.rename(target)
        return target


def unpacked_size(archive: bytes) -> int:
    """Return the bytes that an archive says it unpacks to.

    Raises:
        zipfile.BadZipFile: It is none.
    """
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return sum(entry.file_size for entry in opened.infolist())


def _link(place: Path, target: Path) -> None:
    if not place.is_symlink():
        place.symlink_to(target)


def _is_missing(layer: Layer) -> bool:
    return layer.content is None and not _EXTENSION_LAYER.fullmatch(layer.arn)


def _extract(archive: bytes, target: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        for entry in opened.infolist():
            path = Path(opened.extract(entry, target))  # takes leading slashes and .. out of the name
            mode = (entry.external_attr >> 16) & 0o777
            if mode and path.is_file():
                path.chmod(mode | 0o400)  # whatever the archive says, the lab itself can read it

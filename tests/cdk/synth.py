"""Synthesise the CDK apps, and record what comes out: ``python tests/cdk/synth.py`` writes recorded/ anew.

An app is a program for Node.js that needs aws-cdk-lib and nothing of AWS: every environment is given, or left open.
The versions that the recordings were made with are in package.json; npm installs them beside the interpreter, once.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
APPS: dict[str, dict[str, Any]] = json.loads((HERE / "apps.json").read_text(encoding="utf-8"))
RECORDED = HERE / "recorded"
_PREFIX = Path(sys.prefix) / "share" / "smsl-cdk"
_PATIENCE = 90.0
"""Seconds for npm, which may wait long for a network that is not there."""
_MANIFEST = "manifest.json"
_KEPT = frozenset({"aws:cloudformation:stack", "cdk:asset-manifest"})
"""Kinds of artifact that are recorded; the others hold the tree of constructs, and the flags of aws-cdk-lib."""


def modules() -> Path | None:
    """Return the directory of the npm packages, installed if need be; None where they or Node.js cannot be had."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    _PREFIX.mkdir(parents=True, exist_ok=True)
    wanted = (HERE / "package.json").read_text(encoding="utf-8")
    with (_PREFIX / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the workers of a test run may ask at once
        installed = _PREFIX / "package.json"
        if not installed.exists() or installed.read_text(encoding="utf-8") != wanted:
            with tempfile.TemporaryDirectory(dir=_PREFIX.parent) as directory:
                (Path(directory) / "package.json").write_text(wanted, encoding="utf-8")
                if not _install(npm, directory):
                    return None
                shutil.rmtree(_PREFIX / "node_modules", ignore_errors=True)
                (Path(directory) / "node_modules").rename(_PREFIX / "node_modules")
            installed.write_text(wanted, encoding="utf-8")
    return _PREFIX / "node_modules"


def _install(npm: str, directory: str) -> bool:
    command = [npm, "install", "--silent", "--no-fund", "--no-audit", "--no-package-lock"]
    try:
        subprocess.run(command, cwd=directory, capture_output=True, check=True, timeout=_PATIENCE)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return False
    return True


def synthesise(name: str, packages: Path, out: Path) -> None:
    """Run an app so that it writes its cloud assembly into a directory."""
    row = APPS[name]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "CDK_"))}
    environment |= {
        "NODE_PATH": str(packages),
        "CDK_OUTDIR": str(out),
        "CDK_CONTEXT_JSON": json.dumps(row["context"]),
        "CDK_VALIDATION": "false",  # a linter over the templates, which takes seconds and changes nothing
    }
    subprocess.run(
        ["node", str(HERE / "apps" / row["app"])], env=environment, check=True, capture_output=True, timeout=110
    )


def assembly(directory: Path) -> dict[str, Any]:
    """Return by file name what matters of a cloud assembly: the manifest's stacks, and their templates.

    What names a machine's paths or the installed versions of packages is left out.
    """
    manifest = json.loads((directory / _MANIFEST).read_text(encoding="utf-8"))
    kept = {name: each for name, each in manifest["artifacts"].items() if each["type"] in _KEPT}
    for each in kept.values():
        each.pop("additionalMetadataFile", None)
        each.pop("metadata", None)
    content: dict[str, Any] = {_MANIFEST: {**manifest, "artifacts": kept}}
    for path in sorted(directory.glob("*.template.json")):
        template = json.loads(path.read_text(encoding="utf-8"))
        for resource in template["Resources"].values():
            if resource["Type"] == "AWS::CDK::Metadata":
                resource["Properties"]["Analytics"] = "v2:deflate64:AAAA"
        content[path.name] = template
    return content


def record() -> None:
    """Synthesise every app and put what matters in place of the recordings."""
    packages = modules()
    if packages is None:
        sys.exit("Node.js, npm or aws-cdk-lib cannot be had: nothing is recorded.")
    shutil.rmtree(RECORDED, ignore_errors=True)
    for name in APPS:
        with tempfile.TemporaryDirectory() as directory:
            out = Path(directory) / "cdk.out"
            synthesise(name, packages, out)
            content = assembly(out)
        (RECORDED / name).mkdir(parents=True)
        for file, document in content.items():
            (RECORDED / name / file).write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    record()

"""Plan the infrastructures again with a real Terraform and the stand-in provider, and write their plan.json.

    python tests/infrastructures/record.py --python PYTHON [DIRECTORY...]

PYTHON is an interpreter of a scratch environment that has the PyPI package tf (not one of smsl's dependencies). Without
directories every infrastructure and every fixture of the plan reader is recorded. A directory is planned in a copy; its
`steps` file, if there is one, says how (see README.md).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
FIXTURES = HERE.parent / "sources" / "tfplan" / "plans"
HOSTS = ("registry.terraform.io", "registry.opentofu.org")
STEPS = ["plan"]


def main() -> int:
    """Record what the command line names."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--python", required=True, type=Path)
    parser.add_argument("directories", nargs="*", type=Path)
    options = parser.parse_args()
    everything = sorted(file.parent for room in (HERE, FIXTURES) for file in room.glob("*/main.tf"))
    for directory in options.directories or everything:
        sys.stderr.write(f"{directory.name}\n")
        record(directory, options.python)
    return 0


def record(directory: Path, python: Path) -> None:
    """Go through the steps of one directory."""
    with tempfile.TemporaryDirectory() as scratch:
        environment = _environment(Path(scratch), python)
        place = Path(scratch) / "here"
        shutil.copytree(directory, place)
        (place / "code.zip").write_bytes(b"PK\x05\x06" + bytes(18))
        steps = directory / "steps"
        for line in steps.read_text().splitlines() if steps.exists() else STEPS:
            _step(line.split(), place, directory, environment)


def _step(words: list[str], place: Path, directory: Path, environment: dict[str, str]) -> None:
    """Do one step.

    `major N`: the provider's major version. `drift {TYPE: {ATTRIBUTE: VALUE}}`: what somebody changes by hand from here
    on. `use FILE`: FILE takes the place of main.tf. `apply`: apply what stands there. `plan [OPTION...]`: write
    plan.json; `failing-plan`: the same of a plan that ends in an error. `state`: write state.json.
    """
    match words:
        case ["major", number]:
            environment["STAND_IN_MAJOR"] = number
        case ["drift", text]:
            environment["STAND_IN_DRIFT"] = text
        case ["use", name]:
            shutil.copy(directory / name, place / "main.tf")
        case ["apply", *options]:
            _terraform(["get"], place, environment)
            _terraform(["apply", "-auto-approve", "-input=false", *options], place, environment)
        case ["plan", *options]:
            _terraform(["get"], place, environment)
            _terraform(["plan", "-input=false", "-out=plan.bin", *options], place, environment)
            _write(directory / "plan.json", _terraform(["show", "-json", "plan.bin"], place, environment))
        case ["failing-plan"]:
            _terraform(["get"], place, environment)
            _terraform(["plan", "-input=false", "-out=plan.bin"], place, environment, fails=True)
            _write(directory / "plan.json", _terraform(["show", "-json", "plan.bin"], place, environment))
        case ["state"]:
            _write(directory / "state.json", _terraform(["show", "-json"], place, environment))
        case _:
            raise SystemExit(f"no such step: {words}")


def _terraform(arguments: list[str], place: Path, environment: dict[str, str], fails: bool = False) -> str:
    done = subprocess.run(
        ["terraform", *arguments], cwd=place, env=environment, capture_output=True, text=True, check=False
    )
    if bool(done.returncode) is not fails:
        sys.exit(f"{done.stdout}\n{done.stderr}")
    return done.stdout


def _write(file: Path, text: str) -> None:
    """Write a recording without what differs from run to run."""
    recorded: dict[str, Any] = json.loads(text)
    if "timestamp" in recorded:
        recorded["timestamp"] = "2026-01-02T03:04:05Z"
    if "relevant_attributes" in recorded:  # in no order of Terraform's
        recorded["relevant_attributes"].sort(key=lambda each: json.dumps(each, sort_keys=True))
    file.write_text(json.dumps(recorded, indent=1, sort_keys=True) + "\n")


def _environment(scratch: Path, python: Path) -> dict[str, str]:
    """Return an environment in which Terraform finds the stand-in provider and nothing of this machine's."""
    programs = scratch / "programs"
    programs.mkdir()
    for name in ("aws", "random"):
        program = programs / f"terraform-provider-{name}"
        program.write_text(f'#!/bin/sh\nexec "{python}" "{HERE / "provider" / "main.py"}" {name}\n')
        program.chmod(0o755)
    overrides = "\n".join(
        f'    "{host}/hashicorp/{name}" = "{programs}"' for host in HOSTS for name in ("aws", "random")
    )
    configuration = scratch / "terraform.rc"
    configuration.write_text(f"provider_installation {{\n  dev_overrides {{\n{overrides}\n  }}\n  direct {{}}\n}}\n")
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {**kept, "TF_CLI_CONFIG_FILE": str(configuration), "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}


if __name__ == "__main__":
    raise SystemExit(main())

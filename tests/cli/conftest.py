"""The program as a person runs it: in a process of its own, with no AWS account in reach."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

import pytest

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def smsl(tmp_path: object) -> Run:
    """Run smsl with these arguments; `code` runs Python instead, with ``run`` imported."""

    def run(*arguments: str, code: str | None = None, **options: object) -> subprocess.CompletedProcess[str]:
        program = code or "from smsl.cli import main; main()"
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        environment |= {"AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": os.devnull, "HOME": str(tmp_path)}
        return subprocess.run(
            [sys.executable, "-c", program, *arguments],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            **options,  # type: ignore[call-overload]
        )

    return run

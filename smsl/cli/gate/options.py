"""The options that say what fails a gate, in typer's words."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Optional, TypeAlias

import typer

from smsl.gate.settings import OnUnknown
from smsl.model.finding import Confidence


class Level(StrEnum):
    """A severity, as it is typed."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


FailOn: TypeAlias = Annotated[
    Optional[Level],  # noqa: UP045  -- typer reads the annotation when the program runs
    typer.Option("--fail-on", help="Exit 1 on findings of this severity or above (default: high)."),
]
Unknown: TypeAlias = Annotated[
    Optional[OnUnknown],  # noqa: UP045  -- as above
    typer.Option("--on-unknown", help="Exit 3 (fail) or 0 (warn) when undecided (default: fail)."),
]
MinSeverity: TypeAlias = Annotated[
    Optional[Level],  # noqa: UP045  -- as above
    typer.Option("--min-severity", help="Leave out findings below this severity."),
]
MinConfidence: TypeAlias = Annotated[
    Optional[Confidence],  # noqa: UP045  -- as above
    typer.Option("--min-confidence", help="Leave out findings that are less sure."),
]
NoInline: TypeAlias = Annotated[
    bool,
    typer.Option("--no-inline-suppressions", help="Silence nothing for what comments and metadata of templates say."),
]
ConfigFile: TypeAlias = Annotated[
    Optional[Path],  # noqa: UP045  -- as above
    typer.Option(
        "--config",
        metavar="FILE",
        help="Instead of the nearest smsl.toml, or pyproject.toml with [tool.smsl], up to the repository's root.",
    ),
]

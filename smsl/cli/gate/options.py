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
BaselineFile: TypeAlias = Annotated[
    Optional[Path],  # noqa: UP045  -- as above
    typer.Option("--baseline", metavar="FILE", help="Fail only on what FILE does not know."),
]
WriteBaseline: TypeAlias = Annotated[
    Optional[Path],  # noqa: UP045  -- as above
    typer.Option("--write-baseline", metavar="FILE", help="Record today's findings and unknowns in FILE; exit 0."),
]
TrustedRef: TypeAlias = Annotated[
    Optional[str],  # noqa: UP045  -- as above
    typer.Option(
        "--trusted-ref",
        metavar="REV",
        help="Take configuration and baseline from this git revision; suppressions that it lacks silence nothing.",
    ),
]
Preview: TypeAlias = Annotated[bool, typer.Option("--preview", help="Let findings of preview rules count, too.")]
Prune: TypeAlias = Annotated[bool, typer.Option("--prune-baseline", hidden=True)]
ConfigFile: TypeAlias = Annotated[
    Optional[Path],  # noqa: UP045  -- as above
    typer.Option(
        "--config",
        metavar="FILE",
        help="Instead of the nearest smsl.toml, or pyproject.toml with [tool.smsl], up to the repository's root.",
    ),
]

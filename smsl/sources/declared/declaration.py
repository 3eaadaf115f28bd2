"""All that one plan or one set of templates declares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from smsl.model.standin import drawn
from smsl.model.suppression import Suppression
from smsl.sources.declared.pieces import Piece

ACCOUNT = drawn("account")
"""Stands for the account where nothing tells it."""
REGION = drawn("region")
"""Stands for the region where nothing tells it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where it is deployed to."""

    account: str = ACCOUNT
    """Twelve digits, or the stand-in."""
    region: str = REGION
    partition: str = "aws"


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a reader of plans or templates returns."""

    kind: Literal["plan", "template"]
    place: Place
    """Where it goes, as far as options and the file itself tell."""
    pieces: tuple[Piece, ...]
    taken_at: datetime | None = None
    """When the file was made, where it says so."""
    written_accounts: tuple[str, ...] = ()
    """Account ids that stand in ARNs of the file, the most frequent first: what the account may be."""
    written_regions: tuple[str, ...] = ()
    """Regions that stand in ARNs, service names and zones of the file, the most frequent first."""
    left_out: Mapping[str, str] = field(default_factory=dict)
    """What was not understood, by address, each with its cause: for the report's assumptions."""
    unread: Mapping[str, str] = field(default_factory=dict)
    """Functions that are declared and cannot be judged, by address, each with its cause."""
    suppressions: tuple[Suppression, ...] = ()
    """What the file itself silences: by a comment, or in a resource's metadata."""

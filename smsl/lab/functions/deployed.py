"""A function version as it shall run, taken from the emulator's state at the moment of an invocation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of a function."""

    arn: str
    content: bytes | None
    """Its zip; None for a layer of another account, which the lab does not have."""


@dataclass(frozen=True, slots=True)
class Deployed:
    """Everything that an execution environment is made from."""

    arn: str
    """Unqualified."""
    name: str
    version: str
    """`$LATEST` or a number."""
    revision: str
    """Differs whenever code or configuration do: an environment serves one revision."""
    region: str
    account: str
    runtime: str
    """`python3.12`, `nodejs22.x`, `provided.al2023`."""
    handler: str
    memory: int
    """Megabytes."""
    timeout: int
    """Seconds."""
    variables: Mapping[str, str]
    code: bytes
    """The zip."""
    layers: tuple[Layer, ...]
    reserved: int | None
    """Reserved concurrency; None when none is reserved."""

    @property
    def qualified(self) -> str:
        """The ARN with its version."""
        return f"{self.arn}:{self.version}"

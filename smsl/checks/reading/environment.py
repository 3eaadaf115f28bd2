"""What a function's environment says, by the names of its variables."""

from __future__ import annotations

from collections.abc import Mapping

from smsl.model.snapshot import Function
from smsl.model.unknown import Unknown
from smsl.model.variable import EnvironmentVariable, Setting


def variables(function: Function) -> tuple[EnvironmentVariable, ...]:
    """Return the variables; none where they could not be read."""
    return () if isinstance(function.variables, Unknown) else function.variables


def settings(function: Function) -> Mapping[str, Setting]:
    """Return the variables that are settings, by name."""
    return {each.name: each.holds for each in variables(function) if isinstance(each.holds, Setting)}


def number(setting: Setting | None) -> int | None:
    """Return a setting's number; None for one that is absent, invalid or no number."""
    if setting is None or not setting.valid or isinstance(setting.value, bool):
        return None
    return setting.value if isinstance(setting.value, int) else None

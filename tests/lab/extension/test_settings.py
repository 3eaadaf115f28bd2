"""Every documented setting: absent, within its range, at its limits, beyond them, and unreadable."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsl.lab.extension.settings import Settings, read_settings

TABLE = json.loads((Path(__file__).parent / "settings.json").read_text())
ROWS = [
    pytest.param(row["setting"], row["attribute"], *case, id=f"{row['setting']}={case[0]!r}")
    for row in TABLE
    for case in ([*each, None] if len(each) == 3 else each for each in row["cases"])
]
"""Setting, attribute, text, value, the WARN about it, and the first line of the log where it matters."""
DEFAULTS = read_settings({})[0]


@pytest.mark.parametrize(("setting", "attribute", "text", "value", "warning", "first"), ROWS)
def test_setting(
    setting: str, attribute: str, text: str | None, value: Any, warning: str | None, first: str | None
) -> None:
    if text == "9*5000":
        text = "9" * 5000
    settings, said, lines = read_settings({} if text is None else {setting: text})

    assert value == getattr(settings, attribute)
    assert ([warning] if warning else []) == [line for level, line in lines if level == "WARN"]
    assert first in {None, said}
    others = [name for name in Settings.__slots__ if name != attribute]
    assert [getattr(DEFAULTS, name) for name in others] == [getattr(settings, name) for name in others]


def test_the_table_knows_every_setting_that_the_audit_knows() -> None:
    from smsl.checks.reading.extension_settings import RANGES

    assert set(RANGES) == {row["setting"] for row in TABLE}


@given(
    st.dictionaries(
        st.sampled_from([row["setting"] for row in TABLE]), st.text("0123456789+-._ TRUEfalsé\u0665", max_size=24)
    )
)
def test_nothing_in_the_environment_stops_it(environment: dict[str, str]) -> None:
    settings, first, lines = read_settings(environment)

    assert 0 <= settings.cache_size <= 1000
    assert 0 <= settings.secrets_ttl <= 300
    assert 0 <= settings.parameters_ttl <= 300
    assert 1 <= settings.port <= 65535
    assert settings.connections >= 1
    assert all(environment.get(line.split(" ")[0]) for level, line in lines if level == "WARN")
    assert first

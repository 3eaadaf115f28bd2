"""What docs/gate.md tells to write is what smsl reads."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

import smsl
from smsl.checks import CHECKS
from smsl.gate.configuration import parse
from smsl.gate.keys import KEYS
from smsl.model.ignore import parse_comment, parse_metadata
from smsl.model.origin import Origin

PAGE = (Path(smsl.__file__).parent.parent / "docs" / "gate.md").read_text()
PLACE = Origin("template.yaml", "ReportsRole", 2)


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_the_configuration_names_every_key() -> None:
    settings, suppressions = blocks("toml")
    found = parse(f"{settings}\n{suppressions}", "smsl.toml", lambda: {check.RULE.id for check in CHECKS})
    assert found is not None
    assert len(found.suppressions) == 1
    assert set(re.findall(r"^\[?([a-z-]+)", settings, re.MULTILINE)) >= set(KEYS)


def test_the_templates_suppressions_are_read() -> None:
    [text] = blocks("yaml")
    [comment] = [line for line in text.splitlines() if line.lstrip().startswith("# smsl:ignore")]
    assert parse_comment(comment, PLACE) is not None
    [resource] = yaml.safe_load(text)["Resources"].values()
    assert len(parse_metadata(resource["Metadata"], PLACE)) == 1

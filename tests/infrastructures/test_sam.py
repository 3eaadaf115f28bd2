"""Infrastructures written with SAM: read as they are, they are what AWS's own translator makes of them."""

from __future__ import annotations

import json

import pytest

from smsl.audit import audit
from tests.infrastructures import deployed, parity
from tests.infrastructures.sources import bare, of_template, told

WRITTEN = sorted(path.parent.name for path in deployed.HERE.glob("*/sam.yaml"))


def translated(text: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return a template as aws-sam-translator expands it."""
    from samtranslator.translator.transform import transform
    from samtranslator.yaml_helper import yaml_parse

    class NoManagedPolicies:
        def load(self) -> dict[str, str]:
            return {}

    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    return json.dumps(transform(yaml_parse(text), {}, NoManagedPolicies()))


@pytest.mark.parametrize("name", WRITTEN)
def test_sam_is_what_it_expands_to(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (deployed.HERE / name / "sam.yaml").read_text()
    plain = translated(text, monkeypatch)
    assert "AWS::Serverless::" in text
    assert "AWS::Serverless::" not in plain

    sources = [of_template(text), of_template(plain)]

    assert list(parity.differences(*(each.facts for each in sources))) == []
    for source in sources:
        assert deployed.judged(audit(source.snapshot)) == bare(deployed.expected(name))
    assert told(sources[0]) == told(sources[1])

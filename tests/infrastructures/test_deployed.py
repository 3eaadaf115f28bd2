"""Every infrastructure deploys as it is written, and an audit of the account gives what its rules say."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from smsl.audit import audit
from smsl.lab.account import Lab

HERE = Path(__file__).parent


def loaded(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"infrastructures_{name}", HERE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


deployed = loaded("deployed")
standing = loaded("standing")


@pytest.mark.every(5)
@pytest.mark.parametrize("name", deployed.NAMES)
def test_an_infrastructure_deployed(account: Lab, name: str) -> None:
    account.empty()
    text = deployed.template_text(name)
    resources = deployed.resources_of(text)

    stack = deployed.deploy(account.url, text, "stack-" + name)

    assert stack.status == "CREATE_COMPLETE"
    assert {logical: kind for logical, (kind, _, _) in stack.resources.items()} == {
        logical: each["Type"] for logical, each in resources.items()
    }
    assert {status for _, status, _ in stack.resources.values()} == {"CREATE_COMPLETE"}
    assert all(physical for _, _, physical in stack.resources.values())
    assert standing.standing(account.url) == standing.declared(resources.values())

    expected = deployed.expected(name)
    report = audit(deployed.snapshot(*expected))

    assert deployed.judged(report) == expected
    assert report.gaps == ()


def test_what_a_stack_drops_is_missing_from_the_count(account: Lab) -> None:
    account.empty()
    text = deployed.template_text("08-resource-policy")
    resources = deployed.resources_of(text)
    start, end = text.index("  SecretPolicy:\n"), text.index("  Role:\n")

    deployed.deploy(account.url, text[:start] + text[end:], "short")

    missing = standing.declared(resources.values()) - standing.standing(account.url)
    assert missing == {resources["SecretPolicy"]["Type"]: 1}

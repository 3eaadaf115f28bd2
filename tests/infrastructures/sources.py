"""An infrastructure as its plan, its template and its account tell of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, NamedTuple

from smsl.audit import audit
from smsl.lab.account import REGION, Lab
from smsl.model.snapshot import Snapshot
from smsl.sources.cfn.read import read_templates
from smsl.sources.cfn.template import TemplateFile
from smsl.sources.declared.assemble import assemble
from smsl.sources.declared.declaration import Place
from smsl.sources.tfplan.read import read_plan
from tests.infrastructures import deployed, listed, parity

PLACE = Place("123456789012", REGION)
NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Source(NamedTuple):
    """What one source says of an infrastructure."""

    snapshot: Snapshot
    names: dict[str, str]

    @property
    def facts(self) -> dict[str, object]:
        """All that the Snapshot says, by the names that people gave."""
        return parity.facts_of(self.snapshot, self.names)


def of_plan(name: str) -> Source:
    """Read an infrastructure's recorded plan."""
    return of_plan_text((deployed.HERE / name / "plan.json").read_text())


def of_plan_text(text: str) -> Source:
    """Read a plan."""
    text = deployed.filled(text)
    return Source(assemble([read_plan("plan.json", text, PLACE)], NOW), parity.names_in_plan(text))


def of_template(text: str) -> Source:
    """Read a template."""
    read = read_templates([TemplateFile("template.yaml", text)], PLACE, {})
    return Source(assemble([read], NOW), parity.names_in_template(deployed.resources_of(text)))


def of_account(account: Lab, name: str) -> Source:
    """Deploy an infrastructure's template and read the account."""
    account.empty()
    deployed.deploy(account.url, deployed.template_text(name), "stack-" + name)
    names = parity.names_in_account(account.url)
    return Source(deployed.snapshot(*deployed.expected(name)), names)


def bare(expected: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Leave out aliases: in a file they serve what is declared, and are judged with it."""
    return {label: each for label, each in expected.items() if ":" not in label}


def counts(one: Source, other: Source) -> tuple[dict[str, int], list[str]]:
    """Return how often each listed fact differs, and what else does."""
    found, unlisted = listed.counted(parity.differences(one.facts, other.facts))
    return dict(sorted(found.items())), unlisted


def told(source: Source) -> list[dict[str, object]]:
    """Return all that the findings of an audit say, but for where a fault is written down and what mends it there.

    Those of an alias are left out: an account may be asked for it apart, a file may not.
    """
    findings = audit(source.snapshot).findings
    return sorted(
        (
            {**parity.facts_of(each, source.names), "location": "", "related": "", "fix": ""}
            for each in findings
            if ":" not in each.function.partition(":function:")[2]
        ),
        key=repr,
    )

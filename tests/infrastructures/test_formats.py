"""What CI reads of a template and of a plan: every format by its schema, and each finding at the line of its fault."""

from __future__ import annotations

import importlib.util
import json
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import jsonschema
import pytest

from smsl.audit import audit
from smsl.model.finding import Severity
from smsl.model.report import Report
from smsl.render import audit_sarif, github, junit, markdown
from smsl.render import json as json_report
from smsl.sources.cfn.read import read_templates
from smsl.sources.cfn.template import TemplateFile
from smsl.sources.declared.assemble import assemble
from smsl.sources.declared.declaration import Place
from smsl.sources.tfplan.read import read_plan

HERE = Path(__file__).parent
RENDER = HERE.parent / "render"
PLACE = Place("123456789012", "eu-west-1")
NOW = datetime(2026, 11, 1, tzinfo=UTC)
LINES: dict[str, list[list[str]]] = json.loads((HERE / "lines.json").read_text())


def loaded(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


deployed = loaded(HERE / "deployed.py")
GITLAB, JUNIT = loaded(RENDER / "test_gitlab.py"), loaded(RENDER / "test_junit.py")
SARIF = json.loads((RENDER / "sarif" / "sarif-2.1.0.json").read_text())
REPORT = json.loads((Path(json_report.__file__).parent / "report.schema.json").read_text())


def of(name: str, kind: str) -> Report:
    if kind == "template":
        declared = read_templates([TemplateFile(f"infra/{name}.yaml", deployed.template_text(name))], PLACE, {})
    else:
        declared = read_plan(f"infra/{name}.json", deployed.filled((HERE / name / "plan.json").read_text()), PLACE)
    return audit(assemble([declared], NOW))


@pytest.mark.parametrize("kind", ["template", "plan"])
@pytest.mark.parametrize("name", deployed.NAMES)
def test_every_format_holds_its_schema(name: str, kind: str) -> None:
    report = of(name, kind)
    grave = [each for each in report.findings if each.severity >= Severity.HIGH]

    log = json.loads(audit_sarif.render(report))
    jsonschema.validate(log, SARIF, jsonschema.Draft7Validator)
    jsonschema.validate(json.loads(json_report.render(report)), REPORT, jsonschema.Draft202012Validator)
    JUNIT.parsed(junit.render(report))
    issues: list[dict[str, Any]] = GITLAB.issues(report)
    assert all(each["location"]["path"].startswith("infra/") for each in issues)
    places = [each["locations"][0]["physicalLocation"] for each in log["runs"][0]["results"]]
    assert all(place["artifactLocation"]["uri"].startswith("infra/") for place in places)
    assert all(("region" in place) == (kind == "template") for place in places)
    assert github.render(report).count("::error ") == len(grave)
    assert all(each.rule.id in markdown.render(report) for each in grave)


@pytest.mark.parametrize("name", LINES)
def test_a_finding_stands_at_the_line_of_its_fault(name: str) -> None:
    report = of(name, "template")
    lines = deployed.template_text(name).split("\n")
    found = [
        (finding.rule.id, lines[finding.location.line - 1].strip().removeprefix("- "))
        for finding in report.findings
        if finding.severity > Severity.LOW and finding.location is not None and finding.location.line
    ]
    assert len(found) == len(LINES[name])
    for rule, text in LINES[name]:
        assert any(each == rule and line.startswith(text) for each, line in found), found

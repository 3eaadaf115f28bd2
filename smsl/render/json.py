"""The report as JSON, for other programs: schema ``smsl.report/1``, in ``report.schema.json`` beside this module.

The contract is changed only by adding.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from smsl.model.decision import Decision
from smsl.model.evidence import Access, Subject, Verdict
from smsl.model.finding import Finding, Fix, Severity, Step
from smsl.model.origin import Origin
from smsl.model.report import Report
from smsl.model.snapshot import Function, Secret
from smsl.model.standin import is_drawn
from smsl.model.suppression import Applied
from smsl.model.unknown import Unknown
from smsl.model.variable import Ciphertext, Leak, is_plaintext
from smsl.render.fingerprint import fingerprint
from smsl.render.fix import cloudformation, terraform
from smsl.render.neutral import json_text

SCHEMA = "smsl.report/1"


def render(report: Report) -> str:
    """Return the report as one JSON document with a final line end."""
    return json_text(document(report), indent=2) + "\n"


def document(report: Report) -> dict[str, Any]:
    """Return the report as plain data, in the shape of the schema."""
    return {
        "schema": SCHEMA,
        "tool": report.tool,
        "source": {
            "kind": report.source.kind,
            "account": _told(report.source.account),
            "region": _told(report.source.region),
            "taken_at": _time(report.taken_at),
        },
        "functions": [_function(subject) for subject in report.subjects],
        "findings": [_finding(finding) for finding in report.findings],
        "suppressions": [_suppression(each) for each in report.suppressions],
        "baseline": _compared(report),
        "gaps": [{"call": gap.call, "error": gap.error, "needs": gap.needs} for gap in report.gaps],
        "assumptions": [
            {"text": each.text, "call": each.call, "error": each.error, "needs": each.needs}
            for each in report.assumptions
        ],
        "summary": _summary(report),
    }


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _function(subject: Subject) -> dict[str, Any]:
    return {
        "arn": subject.function.arn,
        "name": subject.function.name,
        "qualifier": subject.function.asked,
        "verdict": subject.verdict.value,
        "wanted_from": subject.wanted_from,
        "accesses": [_access(access) for access in subject.accesses],
        "environment": _environment(subject.function),
    }


def _environment(function: Function) -> dict[str, Any] | None:
    if isinstance(function.variables, Unknown):
        return None
    holds = [(variable, variable.holds) for variable in function.variables]
    return {
        "customer_key": function.environment_key,
        "plaintext": [
            {
                "variable": variable.name,
                "kind": leak.kind,
                "confidence": leak.confidence.value,
                "place": leak.place,
                "same": list(leak.same),
                "same_more": leak.more,
            }
            for variable, leak in holds
            if isinstance(leak, Leak) and is_plaintext(variable)
        ],
        "ciphertext": [
            {"variable": variable.name, "kind": held.kind} for variable, held in holds if isinstance(held, Ciphertext)
        ],
    }


def _access(access: Access) -> dict[str, Any]:
    decisions = {"read": access.read, "decrypt": access.decrypt}
    return {
        "secret": access.secret.arn if isinstance(access.secret, Secret) else access.wanted.text,
        "wanted": {
            "text": access.wanted.text,
            "source": access.wanted.source.value,
            "by": access.wanted.by,
            "basis": access.wanted.basis.value,
        },
        "verdict": access.verdict.value,
        "question": access.question,
        "blocked_by": list(access.blocked_by),
        "layers": {
            question: None
            if decision is None
            else {layer.value: effect.value for layer, effect in decision.layers.items()}
            for question, decision in decisions.items()
        },
        "because": [each for question in decisions for each in _because(question, decisions[question])],
        "near_misses": [each for question in decisions for each in _near_misses(question, decisions[question])],
        "hops": {} if access.reach is None else _hops(access),
        "basis": {question: basis.value for question, basis in access.basis.items()},
    }


def _because(question: str, decision: Decision | None) -> Iterator[dict[str, Any]]:
    for each in () if decision is None else decision.because:
        yield {
            "question": question,
            "layer": each.layer.value,
            "policy": each.policy,
            "statement": each.statement,
            "sid": each.sid,
            "effect": each.effect,
        }


def _near_misses(question: str, decision: Decision | None) -> Iterator[dict[str, Any]]:
    for each in () if decision is None else decision.near_misses:
        yield {
            "question": question,
            "layer": each.layer.value,
            "policy": each.policy,
            "statement": each.statement,
            "sid": each.sid,
            "element": each.element,
            "wanted": each.wanted,
            "actual": each.actual,
        }


def _hops(access: Access) -> dict[str, Any]:
    traces = {} if access.reach is None else access.reach.per_subnet
    return {
        subnet: [
            {"component": hop.component, "kind": hop.kind, "passed": hop.passed, "because": hop.because}
            for hop in trace.hops
        ]
        for subnet, trace in traces.items()
    }


def _told(place: str | None) -> str | None:
    """Return an account or a region; None where nothing tells which it will be."""
    return None if place is None or is_drawn(place) else place


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule.id,
        "severity": str(finding.severity),
        "confidence": finding.confidence.value,
        "preview": finding.rule.preview,
        "function": finding.function,
        "resource": finding.resource,
        "location": None if finding.location is None else str(finding.location),
        "origin": _origin(finding.location),
        "message": finding.message,
        "because": list(finding.because),
        "fix": None if finding.fix is None else _fix(finding.fix),
        "fingerprint": fingerprint(finding),
        "suppressed": finding.suppressed,
        "suppressed_by": None if finding.suppressed_by is None else finding.suppressed_by.value,
    }


def _compared(report: Report) -> dict[str, Any] | None:
    told = report.compared
    if told is None:
        return None
    return {
        "file": told.file,
        "known": told.known,
        "new": told.new,
        "unknowns": [{"function": each.function, "secret": each.secret or None} for each in sorted(told.unknowns)],
        "gaps": [each.call for each in report.gaps if each in told.gaps],
        "gone": told.gone,
    }


def _suppression(applied: Applied) -> dict[str, Any]:
    each = applied.suppression
    return {
        "rules": list(each.rules),
        "function": each.function or None,
        "resource": each.resource or None,
        "address": each.address or None,
        "variable": each.variable or None,
        "reason": each.reason,
        "until": None if each.until is None else each.until.isoformat(),
        "kind": each.kind.value,
        "origin": _origin(each.origin),
        "standing": applied.standing.value,
        "findings": applied.findings,
        "new": applied.new,
    }


def _origin(origin: Origin | None) -> dict[str, Any] | None:
    if origin is None:
        return None
    return {"file": origin.file, "address": origin.address, "line": origin.line}


def _fix(fix: Fix) -> dict[str, Any]:
    return {
        "summary": fix.summary,
        "steps": [_step(step) for step in fix.steps],
        "turns": fix.turns,
        "terraform": terraform.render(fix) if fix.steps else None,
        "cloudformation": cloudformation.render(fix) if fix.steps else None,
        "ways": list(fix.ways),
        "later": [_step(step) for step in fix.later],
    }


def _step(step: Step) -> dict[str, Any]:
    edit = step.edit
    return {
        "service": step.service,
        "operation": step.operation,
        "parameters": dict(step.parameters),
        "region": step.region,
        "edit": None
        if edit is None
        else {
            "service": edit.service,
            "fetch": edit.fetch,
            "fetch_parameters": dict(edit.fetch_parameters),
            "fetch_query": edit.fetch_query,
            "parameter": edit.parameter,
            "add": None if edit.add is None else dict(edit.add),
            "drop_index": edit.drop_index,
            "swap": None if edit.swap is None else list(edit.swap),
            "expects": edit.expects,
        },
        "bind": step.bind,
        "query": step.query,
        "stdin": step.stdin,
        "move": None
        if step.move is None
        else {
            "function": step.move.function,
            "variable": step.move.variable,
            "reference": step.move.reference,
            "secret": step.move.secret,
            "part": step.move.part,
        },
    }


def _summary(report: Report) -> dict[str, Any]:
    verdicts = Counter(subject.verdict for subject in report.subjects)
    severities = Counter(each.severity for each in report.findings if each.suppressed is None)
    return {
        "functions": len(report.subjects),
        "verdicts": {verdict.value: verdicts[verdict] for verdict in Verdict},
        "findings": {str(severity): severities[severity] for severity in sorted(Severity, reverse=True)},
        "suppressed": sum(each.suppressed is not None for each in report.findings),
        "left_out": report.left_out,
        "gaps": len(report.gaps),
        "assumptions": len(report.assumptions),
    }

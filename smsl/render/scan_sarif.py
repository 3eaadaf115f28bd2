"""A scan of files as SARIF: a result for each variable that holds a secret, with its line."""

from __future__ import annotations

import hashlib

from smsl.model.finding import Rule
from smsl.model.scan import Missed, Scan, Scanned
from smsl.render import sarif


def render(scan: Scan, rule: Rule, version: str, *, debatable: bool = False) -> str:
    """Return the scan as one SARIF log.

    Args:
        scan: What was found.
        rule: The rule of which each result is a case.
        version: Of smsl.
        debatable: Whether debatable leaks are written too, as notes.
    """
    results = [_result(each, rule) for each in scan.leaks if each.flagged or debatable]
    notices = [_notice(each) for each in scan.missed]
    return sarif.render(results, [rule], notices, category="scan-env", version=version)


def _result(found: Scanned, rule: Rule) -> sarif.Result:
    leak, name = found.leak, found.variable.name
    kind, confidence, place = (leak.kind, leak.confidence.value, leak.place) if leak else ("", "", None)
    inside = f" in {place}" if place else ""
    subject = f"{found.owner}: variable {name}" if found.owner else f"Variable {name}"
    return sarif.Result(
        rule,
        f"{subject} holds a secret in plain text ({kind}{inside}, {confidence} confidence)",
        sarif.Place(found.file, found.line, name, f"{found.owner}.{name}" if found.owner else name),
        _fingerprint(rule.id, name, kind),
        level=None if found.flagged else "note",
        properties={"kind": kind, "confidence": confidence, **({"place": place} if place else {})},
    )


def _fingerprint(*parts: str) -> str:
    """Return 16 hexadecimal digits over rule, name and kind: no value can be guessed from them."""
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _notice(missed: Missed) -> sarif.Notice:
    return sarif.Notice(missed.text, sarif.Place(missed.file, missed.line))

"""A setting of the extension does not do what it looks like.

The extension ignores a name that it does not know, falls back to its default where a value is out of range, cuts a
time to live above 300 seconds, and calls the service on every read when its cache is off (a time to live or a size of
zero, or ``PARAMETERS_SECRETS_EXTENSION_CACHE_ENABLED`` false).

Fix: correct the setting's name or value, or drop it for the default: cache on, 300 seconds, port 2773.

Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/retrieving-secrets_lambda.html
"""

from __future__ import annotations

from collections.abc import Iterator

from smsl.checks.reading.environment import number, settings, variables
from smsl.checks.reading.extension_settings import RANGES, meant
from smsl.model.evidence import Evidence, Subject
from smsl.model.finding import Area, Confidence, Finding, Rule, Severity
from smsl.model.variable import Setting

RULE = Rule("extension-misconfigured", Area.LAYER, Severity.MEDIUM, "Extension is misconfigured", __doc__)
_SWITCH = "PARAMETERS_SECRETS_EXTENSION_CACHE_ENABLED"
_CACHE = ("PARAMETERS_SECRETS_EXTENSION_CACHE_SIZE", "SECRETS_MANAGER_TTL")


def check(evidence: Evidence) -> Iterator[Finding]:
    """Yield a finding for each setting that is misspelt or out of range, and one for a cache that is off."""
    for subject in evidence.subjects:
        if subject.function.package != "Zip":
            continue
        yield from _misspelt(subject)
        if subject.extension is not None:
            yield from _out_of_range(subject)
            yield from _cache_off(subject)


def _misspelt(subject: Subject) -> Iterator[Finding]:
    for variable in variables(subject.function):
        intended = meant(variable.name, with_layer=subject.extension is not None)
        if intended is not None:
            text = f"the extension knows no setting {variable.name}" + (f": {intended}?" if intended else "")
            yield _finding(subject, text, variable.name, Confidence.MEDIUM)


def _out_of_range(subject: Subject) -> Iterator[Finding]:
    for name, setting in settings(subject.function).items():
        if name not in RANGES:
            continue
        low, high, default = RANGES[name]
        value = number(setting)
        if not setting.valid:
            yield _finding(subject, f"{name} has a value that the extension does not take", name)
        elif value is not None and high is not None and value > high:
            yield _finding(subject, f"{name} is {value}, the extension takes at most {high}", name)
        elif value is not None and value < low:
            yield _finding(subject, f"{name} is {value}, the extension takes {low} or more (default {default})", name)


def _cache_off(subject: Subject) -> Iterator[Finding]:
    found = settings(subject.function)
    off = [name for name in _CACHE if number(found.get(name)) == 0]
    if found.get(_SWITCH, Setting(None)).value is False:
        off.insert(0, _SWITCH)
    if off:
        text = f"the extension's cache is off ({', '.join(off)}): every read is a call"
        yield _finding(subject, text, "cache")


def _finding(subject: Subject, text: str, detail: str, confidence: Confidence = Confidence.HIGH) -> Finding:
    function = subject.function
    return Finding(
        RULE,
        function=function.qualified_arn,
        resource=function.qualified_arn,
        message=f"{function.label}: {text}",
        confidence=confidence,
        detail=detail,
    )

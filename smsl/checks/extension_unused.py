"""The function carries the extension, and reads nothing through it.

The extension takes memory and adds to every cold start. It serves secrets and parameters; this function wants none, or
its role lets it read none. Code may name a secret by itself, so a function whose role may read something is left alone
unless the set of its secrets is known to be complete.

Fix: take the extension's layer out.

Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/ps-integration-lambda-extensions.html
"""

from __future__ import annotations

from collections.abc import Iterator

from smsl.checks.reading.environment import variables
from smsl.checks.reading.statements import READ, all_visible, speaks_of
from smsl.model.evidence import Evidence, Subject
from smsl.model.finding import Area, Confidence, Finding, Rule, Severity
from smsl.model.policy import Policy
from smsl.model.snapshot import Role, Snapshot
from smsl.model.unknown import Unknown
from smsl.model.variable import Reference

RULE = Rule("extension-unused", Area.LAYER, Severity.LOW, "Extension layer has nothing to read", __doc__)
_SERVED = (READ, "ssm:GetParameter")


def check(evidence: Evidence) -> Iterator[Finding]:
    """Yield a finding for each function with the extension that wants nothing and could read nothing."""
    for subject in evidence.subjects:
        use, function = subject.extension, subject.function
        if use is None or subject.accesses or isinstance(function.variables, Unknown):
            continue
        if any(isinstance(each.holds, Reference) for each in variables(function)):
            continue
        powerless = _reads_nothing(evidence.snapshot, subject)
        if not powerless and not (subject.complete and not subject.readable):
            continue
        why = "its role may read no secret or parameter" if powerless else "it wants no secret or parameter"
        yield Finding(
            RULE,
            function=function.qualified_arn,
            resource=use.layer,
            message=f"{function.label} has the extension layer, but {why}",
            confidence=Confidence.MEDIUM,
            detail="layer",
        )


def _reads_nothing(snapshot: Snapshot, subject: Subject) -> bool:
    role = snapshot.roles.get(subject.function.role)
    if not isinstance(role, Role) or not all_visible(role):
        return False
    statements = (each for policy in role.identity if isinstance(policy, Policy) for each in policy.statements)
    return not any(each.effect == "Allow" and any(speaks_of(each, action) for action in _SERVED) for each in statements)

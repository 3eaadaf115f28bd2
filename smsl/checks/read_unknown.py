"""Whether the function may read the secret could not be decided.

A policy could not be read, the secret or its key could not be described, or a condition hangs on what a configuration
does not tell, such as the public address of the caller. The finding names what would tell.

Fix: give smsl the permissions that the finding names (``smsl needs`` prints them all), or settle the condition's key.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

from collections.abc import Iterator

from smsl.checks.reading.lines import secret_arn, secret_name
from smsl.checks.reading.unsettled import path_is_unknown
from smsl.model.decision import Decision
from smsl.model.evidence import Access, Evidence, Verdict
from smsl.model.finding import Area, Confidence, Finding, Rule, Severity
from smsl.model.unknown import Answer, Unknown

RULE = Rule("read-unknown", Area.ROLE, Severity.LOW, "Whether the secret can be read is not known", __doc__)


def check(evidence: Evidence) -> Iterator[Finding]:
    """Yield a finding for each access that is unknown and that nothing blocks, and for an unreadable environment."""
    for subject in evidence.subjects:
        if subject.verdict is Verdict.UNKNOWN and not subject.accesses:
            function = subject.function
            yield Finding(
                RULE,
                function=function.qualified_arn,
                resource=function.qualified_arn,
                message=f"which secrets {function.label} reads is {subject.wanted_from}",
                confidence=Confidence.LOW,
                detail="wanted",
            )
    for access in evidence.accesses:
        if access.verdict in (Verdict.BLOCKED, Verdict.READABLE) or not _unknown(access):
            continue
        yield undecided(access)


def undecided(access: Access) -> Finding:
    """Return the finding of an access that could not be decided, for whatever reason."""
    name, function = secret_name(access), access.function
    needs = f"needs {', '.join(access.needs)}" if access.needs else ""
    why = access.unknowns[0] if access.unknowns else needs or "a fact is missing"
    return Finding(
        RULE,
        function=function.qualified_arn,
        resource=secret_arn(access),
        message=f"whether {function.label} can read {name} is not known: {why}",
        because=tuple(each for each in (*access.unknowns[1:], needs) if each and each != why),
        confidence=Confidence.LOW,
        detail=name,
        secret=access.wanted.text,
    )


def _unknown(access: Access) -> bool:
    if isinstance(access.role, Unknown) or isinstance(access.secret, Unknown):
        return True
    if _undecided(access.read) or _undecided(access.decrypt):
        return True
    return access.verdict is Verdict.UNKNOWN and not path_is_unknown(access)


def _undecided(decision: Decision | None) -> bool:
    return decision is not None and decision.answer is Answer.UNKNOWN

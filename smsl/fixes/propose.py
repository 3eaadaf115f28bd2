"""Propose steps for every blocker of an access, and keep them only when they turn its verdict."""

from __future__ import annotations

from dataclasses import replace

from smsl.assess.blockers import NETWORK_LAYERS
from smsl.assess.evidence import assess
from smsl.fixes.apply import apply
from smsl.fixes.network import network_candidate
from smsl.fixes.policies import Candidate, policy_candidate, swap_layer
from smsl.model.evidence import Access, Blocker, Evidence, Subject, Verdict
from smsl.model.finding import Finding, Fix
from smsl.model.snapshot import NOT_ASKED, Snapshot
from smsl.net.codes import FIX

_OWNERS = {
    "scp": "The organization's service control policies deny it: only who runs the organization can change that.",
    "kms:scp": "The organization's service control policies deny the decrypt: only its administrators can change it.",
    "rcp": "The organization's resource control policies deny it: only who runs the organization can change that.",
    "kms:rcp": "The organization's resource control policies deny the decrypt: only its administrators can change it.",
    "identity_policy": "An identity policy of the role denies it: take that statement out, or name an exception in it.",
    "kms:identity_policy": "An identity policy of the role denies kms:Decrypt: take that statement out.",
    "permissions_boundary": "The permissions boundary denies it: only its owner can change that.",
    "kms:permissions_boundary": "The permissions boundary denies the decrypt: only its owner can change that.",
    "resource_policy": "The secret's policy stands in the way: its owner must allow the role, or take the deny out.",
    "endpoint_policy": "The endpoint's policy does not allow it: add the role and the secret to it.",
    "key_policy": "The key's policy stands in the way: its owner must allow the role.",
    "secret_state": "Create the secret, or name the one that exists.",
    "region": "Replicate the secret to the function's region, or make the client in the secret's region.",
    "key_state": "The key cannot be used: restore it, or encrypt the secret with another one.",
    "function_state": "Wait until the function is Active, or mend what its state names.",
    "extension": "Publish the function with the extension layer of its own region and architecture.",
    "role_trust": "Give the function a role that exists and trusts lambda.amazonaws.com.",
}


def fix_for(evidence: Evidence, finding: Finding) -> Fix | None:
    """Return what mends a finding, assessed again before it is shown; None where a finding blocks no access.

    An Allow that cannot help, because another layer denies all the same, is never proposed: steps are kept only
    when the access is readable after all of them.
    """
    subject, access = _access(evidence, finding)
    if subject is None or access is None or not access.blockers or finding.secret != access.wanted.text:
        return None
    candidates = _distinct(_candidates(evidence.snapshot, subject, access))
    if None not in candidates:
        kept = [each for each in candidates if each is not None]
        if _turned(evidence.snapshot, access, kept) is Verdict.READABLE:
            return _fix(_needed(evidence.snapshot, access, kept), Verdict.READABLE)
    advice = tuple(dict.fromkeys(_advice(blocker) for blocker in access.blockers))
    return Fix(summary=advice[0], notes=advice[1:])


def _access(evidence: Evidence, finding: Finding) -> tuple[Subject | None, Access | None]:
    for subject in evidence.subjects:
        if subject.function.qualified_arn != finding.function:
            continue
        for access in subject.accesses:
            if access.wanted.text == finding.secret:
                return subject, access
    return None, None


def _candidates(snapshot: Snapshot, subject: Subject, access: Access) -> list[Candidate | None]:
    return [_candidate(snapshot, subject, access, blocker) for blocker in access.blockers]


def _candidate(snapshot: Snapshot, subject: Subject, access: Access, blocker: Blocker) -> Candidate | None:
    if blocker.layer in NETWORK_LAYERS:
        return network_candidate(snapshot, access, blocker)
    if blocker.layer == "extension":
        return swap_layer(subject.function, subject.extension) if subject.extension else None
    return policy_candidate(snapshot, access, blocker)


def _distinct(candidates: list[Candidate | None]) -> list[Candidate | None]:
    found: list[Candidate | None] = []
    for candidate in candidates:
        if candidate not in found:
            found.append(candidate)
    return found


def _needed(snapshot: Snapshot, access: Access, candidates: list[Candidate]) -> list[Candidate]:
    """Leave out every candidate that is not needed: no guard rail is moved for nothing."""
    kept = list(candidates)
    for candidate in reversed(candidates):
        fewer = [each for each in kept if each is not candidate]
        if fewer and _turned(snapshot, access, fewer) is Verdict.READABLE:
            kept = fewer
    return kept


def _turned(snapshot: Snapshot, access: Access, candidates: list[Candidate]) -> Verdict | None:
    """Return the verdict of the access after all steps."""
    changed = replace(snapshot, functions=(access.function,), principals=NOT_ASKED)
    for candidate in candidates:
        for step in candidate.steps:
            changed = apply(changed, step)
    for again in assess(changed).accesses:
        if again.wanted.text == access.wanted.text:
            return again.verdict
    return None


def _fix(candidates: list[Candidate], turns: Verdict) -> Fix:
    reasons = [candidate.no_undo for candidate in candidates if candidate.no_undo]
    return Fix(
        summary="; ".join(candidate.summary for candidate in candidates),
        steps=tuple(step for candidate in candidates for step in candidate.steps),
        undo=() if reasons else tuple(step for candidate in reversed(candidates) for step in candidate.undo),
        no_undo="; ".join(reasons),
        turns=str(turns),
        notes=tuple(dict.fromkeys(note for candidate in candidates for note in candidate.notes)),
    )


def _advice(blocker: Blocker) -> str:
    if blocker.layer in NETWORK_LAYERS:
        text = FIX.get(blocker.code or "", "")
        return (text.split("{")[0].strip() and _filled(text, blocker.resource)) or blocker.message
    return _OWNERS.get(blocker.layer, blocker.message)


def _filled(text: str, component: str) -> str:
    """Return the advice of a code, with the component in the place of the first name that it leaves open."""
    head, brace, rest = text.partition("{")
    if not brace:
        return text
    tail = rest.split("}", 1)[1]
    parts = [head, component, *(tail.split("{")[:1])]
    return "".join(parts).rstrip(" (,;:")

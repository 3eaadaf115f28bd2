"""Propose steps for every blocker of an access, and keep them only when they turn its verdict."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice, product

from smsl.assess.blockers import NETWORK_LAYERS
from smsl.assess.evidence import assess
from smsl.fixes.apply import apply
from smsl.fixes.policies import Candidate, policy_candidate, swap_layer
from smsl.fixes.variables import leaking, store_variable
from smsl.model.evidence import Access, Blocker, Evidence, Subject, Verdict
from smsl.model.finding import Finding, Fix
from smsl.model.snapshot import NOT_ASKED, Snapshot
from smsl.net.codes import FIX, fix_text

_TRIES = 24
"""How many combinations are assessed again, at most: each is an audit of the function."""
_MANY = 4096
_LEFT_OPEN = re.compile(r"\{([^{}]*)\}")
_WORDS = {
    "fn_cidr": "the function's subnets",
    "fn_sg": "the function's security group",
    "ep_sg": "the endpoint's security group",
    "tgw|pcx": "the transit gateway or peering",
    "tgw-attach": "the attachment",
    "tgw-rtb": "the transit gateway's route table",
    "az": "the function's zone",
    "msg": "see its state",
    "rtb": "the route table",
    "dest": "to the destination",
    "vpce": "the endpoint",
    "rule": "see the path",
}
"""What stands in advice for an id that the trace does not give."""
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
    if finding.rule.id == "plaintext-secret":
        return _out_of_the_environment(evidence, finding)
    if finding.secret is None:
        return None  # it stands in the way of no secret: most findings, in an account of hundreds of functions
    subject, access = _access(evidence, finding)
    if subject is None or access is None or not access.blockers or finding.secret != access.wanted.text:
        return None
    options = [found for found in _options(evidence.snapshot, subject, access) if found]
    for tried in _combined(options):
        if _turned(evidence.snapshot, access, tried) is Verdict.READABLE:
            return _fix(_needed(evidence.snapshot, access, tried), Verdict.READABLE)
    advice = tuple(dict.fromkeys(_advice(access, blocker) for blocker in access.blockers))
    return Fix(summary=advice[0], notes=advice[1:])


def _out_of_the_environment(evidence: Evidence, finding: Finding) -> Fix | None:
    for subject in evidence.subjects:
        if subject.function.qualified_arn == finding.function and leaking(subject.function, finding.variable):
            return store_variable(evidence.snapshot, subject.function, finding.variable)
    return None


def _access(evidence: Evidence, finding: Finding) -> tuple[Subject | None, Access | None]:
    for subject in evidence.subjects:
        if subject.function.qualified_arn != finding.function:
            continue
        for access in subject.accesses:
            if access.wanted.text == finding.secret:
                return subject, access
    return None, None


def _options(snapshot: Snapshot, subject: Subject, access: Access) -> list[tuple[Candidate, ...]]:
    """Return what might remove each blocker, the cheapest first."""
    return [_of_blocker(snapshot, subject, access, blocker) for blocker in access.blockers]


def _of_blocker(snapshot: Snapshot, subject: Subject, access: Access, blocker: Blocker) -> tuple[Candidate, ...]:
    if blocker.layer in NETWORK_LAYERS:
        from smsl.fixes.network import network_candidates

        return network_candidates(snapshot, access, blocker)
    if blocker.layer == "extension":
        found = swap_layer(subject.function, subject.extension) if subject.extension else None
    elif blocker.layer == "endpoint_policy":
        from smsl.fixes.endpoints import allow_in_policy

        network = snapshot.networks.get(access.function.region)
        found = allow_in_policy(network, access) if network is not None and blocker.code != "deny" else None
    else:
        found = policy_candidate(snapshot, access, blocker)
    return () if found is None else (found,)


def _combined(options: list[tuple[Candidate, ...]]) -> Iterator[list[Candidate]]:
    """Yield one option of each blocker together, the cheapest ones first, up to `_TRIES`."""
    if not options:
        return
    ranked = product(*(tuple(enumerate(each)) for each in options))
    # The dearest option decides, then all of them: two rules are cheaper than one endpoint.
    ordered = sorted(islice(ranked, _MANY), key=lambda each: (max(i for i, _ in each), sum(i for i, _ in each)))
    for chosen in ordered[:_TRIES]:
        yield _distinct(candidate for _, candidate in chosen)


def _distinct(candidates: Iterable[Candidate]) -> list[Candidate]:
    found: list[Candidate] = []
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
        summary="; ".join(_counted(candidate.summary for candidate in candidates)),
        steps=tuple(step for candidate in candidates for step in candidate.steps),
        undo=() if reasons else tuple(step for candidate in reversed(candidates) for step in candidate.undo),
        no_undo="; ".join(reasons),
        turns=str(turns),
        notes=tuple(dict.fromkeys(note for candidate in candidates for note in candidate.notes)),
    )


def _counted(summaries: Iterable[str]) -> list[str]:
    return [text if count == 1 else f"{text} ({count} times)" for text, count in Counter(summaries).items()]


def _advice(access: Access, blocker: Blocker) -> str:
    code = blocker.code
    if blocker.layer not in NETWORK_LAYERS or access.reach is None or code is None or code not in FIX:
        return _OWNERS.get(blocker.layer, blocker.message)
    faults = access.reach.blockers
    data = next((each.data for each in faults if (each.code, each.component) == (code, blocker.resource)), {})
    text = fix_text(code, {name: value for name, value in data.items() if value})
    return _LEFT_OPEN.sub(lambda found: _WORDS.get(found[1], f"the {found[1].replace('_', ' ')}"), text)

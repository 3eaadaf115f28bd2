"""From a Snapshot to Evidence: every access judged, across network, read and decrypt together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from smsl.assess import blockers as stops
from smsl.assess.extension import extension_blockers, extension_of
from smsl.assess.grants import Decrypted, Judged, decrypt_decision, read_decision
from smsl.assess.paths import Steered, path_to, steered
from smsl.assess.readers import crowd_of, readers_of_environment, readers_of_secret
from smsl.assess.wanted import WantedSet, foreign_region, wanted_of
from smsl.iam.who import Crowd
from smsl.model import reach as paths
from smsl.model.evidence import Access, Blocker, Evidence, ExtensionUse, Readers, Subject, Verdict, Wanted
from smsl.model.origin import Basis
from smsl.model.reach import Reach
from smsl.model.snapshot import Absent, Function, Key, Role, Secret, SecretFact, Snapshot, find_secret
from smsl.model.unknown import Answer, Maybe, Unknown
from smsl.model.variable import is_plaintext

_WORST = (Verdict.BLOCKED, Verdict.INTERMITTENT, Verdict.UNKNOWN, Verdict.READABLE, Verdict.NO_SECRET_NAMED)


def assess(snapshot: Snapshot) -> Evidence:
    """Return what the facts say of every function and each secret that it wants."""
    reached: dict[object, Reach | None] = {}
    crowd = crowd_of(snapshot)
    subjects = tuple(_subject(snapshot, function, reached, crowd) for function in snapshot.functions)
    return Evidence(
        snapshot, subjects, {} if isinstance(crowd, Unknown) else _secret_readers(snapshot, crowd, subjects)
    )


def _secret_readers(snapshot: Snapshot, crowd: Crowd, subjects: tuple[Subject, ...]) -> dict[str, Readers]:
    wanted = {
        access.secret.arn: access.secret
        for subject in subjects
        for access in subject.accesses
        if isinstance(access.secret, Secret)
    }
    return {arn: readers_of_secret(snapshot, crowd, secret) for arn, secret in wanted.items()}


def _readers(snapshot: Snapshot, crowd: Maybe[Crowd], function: Function) -> Maybe[Readers] | None:
    if isinstance(function.variables, Unknown) or not any(is_plaintext(each) for each in function.variables):
        return None
    return crowd if isinstance(crowd, Unknown) else readers_of_environment(snapshot, crowd, function)


def _subject(
    snapshot: Snapshot, function: Function, reached: dict[object, Reach | None], crowd: Maybe[Crowd]
) -> Subject:
    wanted = wanted_of(snapshot, function)
    extension = extension_of(snapshot, function)
    accesses = tuple(_access(snapshot, function, each, extension, reached) for each in wanted.wanted)
    return Subject(
        function=function,
        verdict=_verdict_of_all(function, wanted, accesses, snapshot),
        wanted_from=wanted.said,
        complete=wanted.complete,
        accesses=accesses,
        extension=extension,
        readable=wanted.readable,
        served_elsewhere=_served_elsewhere(function),
        readers=_readers(snapshot, crowd, function),
    )


def _verdict_of_all(function: Function, wanted: WantedSet, accesses: tuple[Access, ...], snapshot: Snapshot) -> Verdict:
    if accesses:
        verdict = min((access.verdict for access in accesses), key=_WORST.index)
        if isinstance(function.variables, Unknown) and not wanted.complete:
            return min(verdict, Verdict.UNKNOWN, key=_WORST.index)
        return verdict
    if isinstance(function.variables, Unknown):
        return Verdict.UNKNOWN
    if stops.function_blockers(function, snapshot.roles.get(function.role)):
        return Verdict.BLOCKED  # it cannot even start, whatever it would read
    return Verdict.NO_SECRET_NAMED


def _served_elsewhere(function: Function) -> tuple[str, ...]:
    """Return the aliases that send calls to another version than the one judged, by name or by weight.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/configuring-alias-routing.html
    """
    if isinstance(function.aliases, Unknown):
        return ()
    found = []
    for alias in function.aliases:
        others = [version for version in (alias.version, *alias.also) if version != function.version]
        if others and function.asked in (None, alias.name):
            found.append(f"{alias.name} (version {', '.join(others)})")
    return tuple(found)


def _access(
    snapshot: Snapshot,
    function: Function,
    wanted: Wanted,
    extension: ExtensionUse | None,
    reached: dict[object, Reach | None],
) -> Access:
    way = steered(function)
    fact = find_secret(snapshot, way.region, wanted.text)
    role = snapshot.roles.get(function.role, Unknown(f"role {function.role} was not read", ("iam:GetRole",)))
    away = foreign_region(way.region, wanted.text)
    path = _path(snapshot, function, way, reached)
    read, decrypted = _grants(snapshot, function, role, fact, path, way)
    found = (
        *stops.function_blockers(function, role),
        *extension_blockers(function, extension),
        *_region_blocker(wanted, away, way),
        *stops.network_blockers(path),
        *(stops.read_blockers(read, role, fact) if isinstance(role, Role) and isinstance(fact, Secret) else ()),
        *_decrypt_in_order(decrypted, role, fact, wanted, way),
    )
    unknowns = _unknowns(function, fact, role, path, read, decrypted, way)
    return Access(
        function=function,
        secret=fact,
        wanted=wanted,
        role=role,
        read=read.decision if read else None,
        decrypt=decrypted.judged.decision if decrypted and decrypted.judged else None,
        key_arn=decrypted.key.arn if decrypted and isinstance(decrypted.key, Key) else None,
        reach=path,
        verdict=_verdict(found, path, unknowns),
        blockers=found,
        unknowns=tuple(dict.fromkeys(unknown.reason for unknown in unknowns)),
        needs=tuple(dict.fromkeys(need for unknown in unknowns for need in unknown.needs)),
        basis=_basis(wanted, fact, path, read, decrypted, away),
    )


def _path(snapshot: Snapshot, function: Function, way: Steered, reached: dict[object, Reach | None]) -> Reach | None:
    """Return the path; functions with the same subnets, groups and name share one trace."""
    key = (function.region, function.subnets, function.security_groups, function.ipv6_allowed, way)
    if key not in reached:
        reached[key] = path_to(snapshot, function, way)
    return reached[key]


def _grants(
    snapshot: Snapshot, function: Function, role: Maybe[Role], fact: SecretFact, path: Reach | None, way: Steered
) -> tuple[Judged | None, Decrypted | None]:
    if not isinstance(role, Role) or not isinstance(fact, Secret):
        return None, None
    return (
        read_decision(snapshot, function, role, fact, path, way.region),
        decrypt_decision(snapshot, function, role, fact),
    )


def _region_blocker(wanted: Wanted, away: str | None, way: Steered) -> tuple[Blocker, ...]:
    """Return the mismatch of an ARN's region with the one that the SDK calls.

    Nothing in the configuration sends the SDK to the other region, so it asks its own, where the ARN is not found.
    """
    if away is None or way.elsewhere is not None:
        return ()
    text = f"{wanted.text} is in {away}; the function's SDK asks Secrets Manager in {way.region}"
    return (Blocker("region", text, wanted.text, "region"),)


def _decrypt_in_order(
    decrypted: Decrypted | None, role: Maybe[Role], fact: SecretFact, wanted: Wanted, way: Steered
) -> tuple[Blocker, ...]:
    """Return denies and limits of the decrypt, then the secret's and the key's state, then the key's policies."""
    kms = stops.decrypt_blockers(decrypted, role, fact) if isinstance(role, Role) and isinstance(fact, Secret) else ()
    first = tuple(each for each in kms if each.layer.startswith("kms:"))
    last = tuple(each for each in kms if not each.layer.startswith("kms:"))
    return (
        *first,
        *stops.secret_blocker(fact, wanted.text, way.region),
        *stops.key_state_blocker(decrypted),
        *last,
    )


def _unknowns(
    function: Function,
    fact: SecretFact,
    role: Maybe[Role],
    path: Reach | None,
    read: Judged | None,
    decrypted: Decrypted | None,
    way: Steered,
) -> list[Unknown]:
    """Return everything that could still turn the verdict."""
    found = [each for each in (fact, role, function.readiness) if isinstance(each, Unknown)]
    if isinstance(role, Role) and isinstance(role.trust, Unknown):
        found.append(role.trust)
    if way.elsewhere is not None:
        found.append(way.elsewhere)
    if path is not None and path.verdict is paths.Verdict.UNKNOWN:
        found += path.missing or [
            Unknown("; ".join(each.message for each in path.blockers) or "the path is not settled")
        ]
    found += _undecided("GetSecretValue", read, _policies(role, fact, None))
    if decrypted is not None:
        if isinstance(decrypted.key, Unknown):
            found.append(decrypted.key)
        found += _undecided("kms:Decrypt", decrypted.judged, _policies(role, fact, decrypted.key))
    if isinstance(fact, Secret) and isinstance(fact.current, Unknown):
        found.append(fact.current)
    return found


def _undecided(question: str, judged: Judged | None, policies: Iterable[object]) -> list[Unknown]:
    """Return why a question is not decided: the declared policies that are not known in words of their own."""
    if judged is None or judged.decision.answer is not Answer.UNKNOWN:
        return []
    needs = judged.decision.needs
    declared = [each for each in policies if isinstance(each, Unknown) and not any(":" in need for need in each.needs)]
    rest = tuple(need for need in needs if not any(need in each.needs for each in declared))
    if declared and not rest:
        return declared
    return [*declared, Unknown(f"{question} depends on {', '.join(rest) or 'a policy that was not read'}", rest)]


def _policies(role: Maybe[Role], fact: SecretFact, key: object) -> Iterator[object]:
    """Yield the policies that decide, as far as they are known."""
    if isinstance(role, Role):
        for held in (role.inline, role.attached):
            yield from (held,) if isinstance(held, Unknown) else held
        yield role.boundary
    if isinstance(fact, Secret):
        yield fact.policy
    if isinstance(key, Key):
        yield key.policy


def _verdict(found: tuple[Blocker, ...], path: Reach | None, unknowns: list[Unknown]) -> Verdict:
    partial = path is not None and path.verdict is paths.Verdict.PARTIAL
    firm = [each for each in found if not (partial and each.layer in stops.NETWORK_LAYERS)]
    if firm:
        return Verdict.BLOCKED
    if partial:
        return Verdict.INTERMITTENT
    return Verdict.UNKNOWN if unknowns else Verdict.READABLE


def _basis(
    wanted: Wanted,
    fact: SecretFact,
    path: Reach | None,
    read: Judged | None,
    decrypted: Decrypted | None,
    away: str | None,
) -> dict[str, Basis]:
    settled = path is None or path.verdict is not paths.Verdict.UNKNOWN
    key = decrypted.key if decrypted else None
    return {
        "wanted": wanted.basis,
        "network": Basis.INFERRED if settled else Basis.NOT_VISIBLE,
        "secret": _basis_of_secret(fact, away),
        "read": Basis.VERIFIED if read and read.decision.answer is not Answer.UNKNOWN else _basis_of_none(fact),
        "decrypt": Basis.NOT_VISIBLE if isinstance(key, Unknown) else Basis.INFERRED if key is None else Basis.VERIFIED,
    }


def _basis_of_secret(fact: SecretFact, away: str | None) -> Basis:
    if isinstance(fact, Unknown) or (isinstance(fact, Secret) and fact.assumed):
        return Basis.NOT_VISIBLE
    return Basis.INFERRED if away else Basis.VERIFIED


def _basis_of_none(fact: SecretFact) -> Basis:
    return Basis.VERIFIED if isinstance(fact, Absent) else Basis.NOT_VISIBLE

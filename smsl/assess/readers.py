"""Who else can read: the roles and users of the account that see a function's environment, or a secret's value.

They are judged by their own policies, their boundaries, what the organization allows, and the policies of the secret
and of the key. The account's root user can always read, and is not counted; nor are service-linked roles, which only
AWS takes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from smsl.assess.context import key_keys, organization_keys, secret_keys
from smsl.assess.grants import DECRYPT, READ, default_key, guard_rails, keys_of_current
from smsl.iam.request import ContextValue, Policies
from smsl.iam.who import Candidate, Crowd, Question, who_can
from smsl.model.arn import parse_arn
from smsl.model.evidence import Reader, Readers
from smsl.model.snapshot import Function, Key, Principal, Secret, Snapshot
from smsl.model.unknown import Answer, Maybe, Unknown

ENVIRONMENT_READS = (
    "lambda:GetFunctionConfiguration", "lambda:GetFunction", "lambda:ListFunctions", "lambda:ListVersionsByFunction",
)  # fmt: skip
"""The reading operations whose answers hold an environment.

Source: https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html
"""
_ABSENT = ("aws:sourcearn", "aws:sourceaccount", "aws:sourceorg", "aws:principalservicename", "aws:calledvia")
"""What only the calls of an AWS service carry."""
_RANK = {Answer.YES: 2, Answer.UNKNOWN: 1}


@dataclass(frozen=True, slots=True)
class _Say:
    """What is known of one candidate who can, or perhaps can: whoever cannot is left out everywhere."""

    answer: Answer
    policies: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


def crowd_of(snapshot: Snapshot) -> Maybe[Crowd]:
    """Return all who might read; Unknown where the account's roles and users were not read."""
    if isinstance(snapshot.principals, Unknown):
        return snapshot.principals
    return Crowd(tuple(_candidate(snapshot, each) for each in snapshot.principals))


def readers_of_environment(snapshot: Snapshot, crowd: Crowd, function: Function) -> Readers:
    """Return who can read a function's environment, and decrypt it where a customer key protects it.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html
    """
    context = _call_keys(snapshot, function.region, function.account)
    rails = guard_rails(snapshot, function.account, function.account)
    says = _best(
        _ask(crowd, Question(action, function.arn, function.account, context, rails)) for action in ENVIRONMENT_READS
    )
    if function.environment_key is None:
        return _readers(crowd, says)
    key = snapshot.keys.get(function.environment_key, Unknown("the environment's key was not read"))
    return _readers(crowd, _both(says, _environment_decrypt(snapshot, crowd, function, key)))


def readers_of_secret(snapshot: Snapshot, crowd: Crowd, secret: Secret) -> Readers:
    """Return who of the function's account can read a secret's value."""
    accounts = {each.arn.split(":")[4] for each in crowd.candidates}
    account = next(iter(sorted(accounts)), secret.account)
    question = Question(
        READ,
        secret.arn,
        secret.account,
        secret_keys(snapshot, account, secret, secret.region),
        replace(guard_rails(snapshot, account, secret.account), resource=secret.policy),
    )
    ways = [_secret_decrypt(snapshot, crowd, secret, key, account) for key in keys_of_current(snapshot, secret)]
    return _readers(crowd, _both(_ask(crowd, question), _best(ways)))


def _environment_decrypt(snapshot: Snapshot, crowd: Crowd, function: Function, key: Maybe[Key]) -> dict[str, _Say]:
    if isinstance(key, Unknown):
        return {each.arn: _Say(Answer.UNKNOWN, (), key.needs or ("kms:GetKeyPolicy",)) for each in crowd.candidates}
    policies = replace(_on_key(snapshot, function.account, key), key_manager="CUSTOMER")
    # Which keys Lambda's call to KMS carries is not documented: kms:ViaService and the encryption context stay open.
    context = _call_keys(snapshot, key.region, key.account) | {"kms:CallerAccount": function.account}
    del context["aws:ViaAWSService"]
    return _ask(crowd, Question(DECRYPT, key.arn, key.account, context, policies))


def _secret_decrypt(
    snapshot: Snapshot, crowd: Crowd, secret: Secret, key: Maybe[Key] | None, account: str
) -> dict[str, _Say]:
    if isinstance(key, Unknown):
        return {each.arn: _Say(Answer.UNKNOWN, (), key.needs) for each in crowd.candidates}
    if key is None or key.manager == "AWS":
        if account != secret.account:
            return {}
        key = default_key(secret)
    policies = _on_key(snapshot, account, key)
    policies = replace(policies, key_manager="AWS" if key.manager == "AWS" else "CUSTOMER")
    return _ask(crowd, Question(DECRYPT, key.arn, key.account, key_keys(snapshot, account, secret, key), policies))


def _on_key(snapshot: Snapshot, account: str, key: Key) -> Policies:
    return replace(guard_rails(snapshot, account, key.account), resource=key.policy, grants=key.grants)


def _candidate(snapshot: Snapshot, principal: Principal) -> Candidate:
    arn = parse_arn(principal.arn)
    partition = arn.partition if arn else "aws"
    session = f"arn:{partition}:sts::{principal.account}:assumed-role/{principal.name}/session"
    is_role = principal.kind == "role"
    context: dict[str, ContextValue] = {
        "aws:PrincipalArn": principal.arn,
        "aws:PrincipalAccount": principal.account,
        "aws:PrincipalType": "AssumedRole" if is_role else "User",
        "aws:PrincipalIsAWSService": "false",
        "aws:SecureTransport": "true",
    }
    context |= {f"aws:PrincipalTag/{key}": value for key, value in principal.tags.items()}
    if not is_role:
        context["aws:username"] = principal.name
        context["aws:userid"] = principal.unique_id or Unknown("the user's id was not read")
    organization = snapshot.organizations.get(principal.account)
    context |= organization_keys(organization, "aws:PrincipalOrgID", "aws:PrincipalOrgPaths")
    return Candidate(
        principal.arn,
        session if is_role else principal.arn,
        context,
        principal.identity,
        () if principal.boundary is None else (principal.boundary,),
        principal.kind,
    )


def _call_keys(snapshot: Snapshot, region: str, account: str) -> dict[str, ContextValue]:
    return {
        "aws:RequestedRegion": region,
        "aws:ResourceAccount": account,
        "aws:ViaAWSService": "false",
        "aws:CurrentTime": snapshot.taken_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "aws:EpochTime": str(int(snapshot.taken_at.timestamp())),
        **organization_keys(snapshot.organizations.get(account), "aws:ResourceOrgID", "aws:ResourceOrgPaths"),
    }


def _otherwise(key: str, kind: str) -> Unknown | None:
    """Tell what is not listed: whence and how somebody calls is open, and a session may carry tags of its own."""
    if key.startswith(_ABSENT):
        return None
    if kind == "user" and key.startswith(("aws:principaltag/", "aws:rolesession", "lambda:sourcefunctionarn")):
        return None
    if kind == "role" and key == "aws:username":
        return None
    return Unknown("it differs from call to call", (key,))


def _ask(crowd: Crowd, question: Question) -> dict[str, _Say]:
    says: dict[str, _Say] = {}
    for judged in who_can(crowd, question, _otherwise):
        answer, needs = judged.decision.answer, judged.decision.needs
        if answer is Answer.NO:
            continue
        for member, allowing in zip(judged.members, judged.allowing, strict=True):
            says[member.arn] = _Say(answer, allowing, needs)
    return says


def _best(ways: Iterable[Mapping[str, _Say]]) -> dict[str, _Say]:
    """Return for each candidate the way that is surest; what allows it in any sure way is named."""
    best: dict[str, _Say] = {}
    for way in ways:
        for arn, say in way.items():
            known = best.get(arn)
            if known is None or _RANK[say.answer] > _RANK[known.answer]:
                best[arn] = say
            elif say.answer is known.answer is Answer.UNKNOWN:
                best[arn] = _merged(Answer.UNKNOWN, known, say)
    return best


def _both(first: Mapping[str, _Say], second: Mapping[str, _Say]) -> dict[str, _Say]:
    """Return for each candidate whether both are so."""
    both = {}
    for arn, say in first.items():
        other = second.get(arn)
        if other is None:
            continue
        answer = min(say.answer, other.answer, key=lambda each: _RANK[each])
        both[arn] = _merged(answer, say, _Say(other.answer, (), other.needs))
    return both


def _merged(answer: Answer, first: _Say, second: _Say) -> _Say:
    return _Say(
        answer,
        tuple(dict.fromkeys((*first.policies, *second.policies))),
        tuple(dict.fromkeys((*first.needs, *second.needs))),
    )


def _readers(crowd: Crowd, says: Mapping[str, _Say]) -> Readers:
    found: dict[Answer, list[Reader]] = {Answer.YES: [], Answer.UNKNOWN: []}
    needs: dict[str, None] = {}
    for each in crowd.candidates:
        say = says.get(each.arn)
        if say is None:
            continue
        kind: Literal["role", "user"] = "user" if each.kind == "user" else "role"
        found[say.answer].append(Reader(each.arn.rsplit("/", 1)[-1], kind, say.policies))
        if say.answer is Answer.UNKNOWN:
            needs.update(dict.fromkeys(say.needs))
    return Readers(tuple(found[Answer.YES]), tuple(found[Answer.UNKNOWN]), tuple(sorted(needs)))

"""The joined question: may the function read the secret, and may Secrets Manager decrypt it in its name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from smsl.assess.context import decrypt_context, read_context, session_arn
from smsl.iam.evaluate import evaluate
from smsl.iam.request import Policies, Request
from smsl.model.arn import partition_of
from smsl.model.decision import Decision, Result
from smsl.model.errors import InputError
from smsl.model.policy import Policy, parse_policy
from smsl.model.reach import Reach
from smsl.model.snapshot import Function, Key, Organization, Role, Secret, Snapshot
from smsl.model.unknown import Answer, Maybe, Unknown

READ = "secretsmanager:GetSecretValue"
DECRYPT = "kms:Decrypt"
_UNNAMED_KEY = "00000000-0000-0000-0000-000000000000"
_RANK = {Answer.YES: 0, Answer.UNKNOWN: 1, Answer.NO: 2}


@dataclass(frozen=True, slots=True)
class Judged:
    """A decision, and whether an Allow is what it lacks."""

    decision: Decision
    lacks_grant: bool
    """True when it would be denied without any boundary, SCP, RCP or endpoint policy too: no Allow reaches it."""
    unread: tuple[Unknown, ...] = ()
    """The policies that are not known, where the decision is not either."""


def _judge(request: Request, policies: Policies) -> Judged:
    decision = evaluate(request, policies)
    if decision.answer is Answer.UNKNOWN:
        return Judged(decision, lacks_grant=False, unread=tuple(_unread(policies)))
    if decision.answer is Answer.YES:
        return Judged(decision, lacks_grant=False)
    free = replace(policies, boundaries=(), scps=(), rcps=(), session=None, vpc_endpoint=None)
    return Judged(decision, lacks_grant=evaluate(request, free).result is Result.IMPLICITLY_DENIED)


def _unread(policies: Policies) -> Iterator[Unknown]:
    guards = (document for level in (*policies.scps, *policies.rcps) for document in level)
    limits = (*policies.boundaries, policies.session, policies.vpc_endpoint)
    for document in (*policies.identity, policies.resource, *limits, *guards):
        if isinstance(document, Unknown):
            yield document


@dataclass(frozen=True, slots=True)
class Decrypted:
    """What decides the decrypt."""

    judged: Judged | None
    """None when nothing but an explicit deny could stand in the way, and none does."""
    key: Maybe[Key] | None
    """The key that decides; None for ``aws/secretsmanager``."""
    default_key_abroad: bool = False
    """The AWS-managed key is asked for by another account, which it never serves."""


def _limits(snapshot: Snapshot, role: Role, resource_account: str) -> Policies:
    """Return the policies that judge every call of the role."""
    return replace(
        guard_rails(snapshot, role.account, resource_account),
        identity=role.identity,
        boundaries=() if role.boundary is None else (role.boundary,),
    )


def guard_rails(snapshot: Snapshot, account: str, resource_account: str) -> Policies:
    """Return what Organizations says of every call of an account's; what it hides is assumed not to deny."""
    ours: Organization | None = snapshot.organizations.get(account)
    theirs: Organization | None = snapshot.organizations.get(resource_account)
    scps = ours.scps if ours and not isinstance(ours.scps, Unknown) else ()
    rcps = theirs.rcps if theirs and not isinstance(theirs.rcps, Unknown) else ()
    return Policies(
        scps=scps,
        rcps=rcps,
        principal_is_management_account=bool(ours and ours.management_account == account),
        resource_in_management_account=bool(theirs and theirs.management_account == resource_account),
    )


def read_decision(
    snapshot: Snapshot, function: Function, role: Role, secret: Secret, reach: Reach | None, region: str
) -> Judged:
    """Return what IAM decides of GetSecretValue by the function."""
    request = Request(
        principal=session_arn(function, role),
        action=READ,
        resource=secret.arn,
        resource_account=secret.account,
        context=read_context(snapshot, function, role, secret, reach, region),
    )
    policies = replace(
        _limits(snapshot, role, secret.account),
        resource=secret.policy,
        vpc_endpoint=_endpoint_policy(snapshot, function, reach),
    )
    return _judge(request, policies)


def _endpoint_policy(snapshot: Snapshot, function: Function, reach: Reach | None) -> Policy | Unknown | None:
    network = snapshot.networks.get(function.region)
    if reach is None or reach.endpoint is None or network is None or isinstance(network.endpoints, Unknown):
        return None
    endpoint = network.endpoints.get(reach.endpoint)
    if endpoint is None or endpoint.policy is None:
        return None
    try:
        return parse_policy(f"endpoint policy of {endpoint.id}", endpoint.policy)
    except InputError as error:
        return Unknown(f"the policy of {endpoint.id} cannot be understood: {error.message}")


def decrypt_decision(snapshot: Snapshot, function: Function, role: Role, secret: Secret) -> Decrypted:
    """Return what decides the decrypt of the current version: any one of the keys that hold it is enough.

    Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_update-encryption-key.html
    """
    options = [
        _default_key(snapshot, function, role, secret)
        if key is None
        else _with_key(snapshot, function, role, secret, key)
        for key in keys_of_current(snapshot, secret)
    ]
    return min(options, key=_cost)


def _cost(option: Decrypted) -> tuple[int, int]:
    usable = isinstance(option.key, Key) and option.key.state == "Enabled"
    answer = Answer.YES if option.judged is None else option.judged.decision.answer
    return (_RANK[answer] if not option.default_key_abroad else _RANK[Answer.NO], 0 if usable else 1)


def keys_of_current(snapshot: Snapshot, secret: Secret) -> Iterator[Maybe[Key] | None]:
    """Yield the keys that the current version is encrypted with; None stands for ``aws/secretsmanager``.

    After a change of key without rights on the old one nothing is encrypted anew: the version's own list decides, and
    the secret's configured key only where there is no list.
    """
    current = secret.current
    listed = () if current is None or isinstance(current, Unknown) else current.keys
    for text in listed or (secret.key,):
        if text is None or text == "DefaultEncryptionKey":
            yield None
        else:
            yield snapshot.keys.get(text, Unknown(f"key {text} was not read", ("kms:DescribeKey",)))


def _with_key(snapshot: Snapshot, function: Function, role: Role, secret: Secret, key: Maybe[Key]) -> Decrypted:
    if isinstance(key, Unknown):
        if ":alias/aws/secretsmanager" in str(secret.key) or secret.key == "alias/aws/secretsmanager":
            return _default_key(snapshot, function, role, secret)
        return Decrypted(None, key)
    if key.manager == "AWS":
        return _default_key(snapshot, function, role, secret)
    policies = replace(
        _limits(snapshot, role, key.account),
        resource=key.policy,
        grants=key.grants,
        key_manager="CUSTOMER",
    )
    return Decrypted(_judge(_request(snapshot, function, role, secret, key, policies), policies), key)


def _request(
    snapshot: Snapshot, function: Function, role: Role, secret: Secret, key: Key, policies: Policies
) -> Request:
    context = dict(decrypt_context(snapshot, function, role, secret, key))
    for name in _tag_keys(policies):
        context.setdefault(name, Unknown("the key's tags are not read", ("kms:ListResourceTags",)))
    return Request(session_arn(function, role), DECRYPT, key.arn, key.account, context)


def _tag_keys(policies: Policies) -> Iterator[str]:
    """Yield the conditions on the key's tags, which are not read."""
    documents = (*policies.identity, policies.resource, *policies.boundaries)
    for document in documents:
        for statement in document.statements if isinstance(document, Policy) else ():
            for condition in statement.conditions:
                if condition.key.lower().startswith("aws:resourcetag/"):
                    yield condition.key


def _default_key(snapshot: Snapshot, function: Function, role: Role, secret: Secret) -> Decrypted:
    """Judge ``aws/secretsmanager``: it serves its own account through Secrets Manager without any permission.

    An explicit deny of kms:Decrypt still stands. The key's ARN is not read: a deny that names another key is none.

    Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
    """
    if secret.account != role.account:
        return Decrypted(None, None, default_key_abroad=True)
    key = default_key(secret)
    limits = _limits(snapshot, role, secret.account)
    policies = replace(limits, resource=key.policy, key_manager="AWS")
    judged = _judge(_request(snapshot, function, role, secret, key, policies), policies)
    return Decrypted(None if judged.decision.answer is Answer.YES else judged, None)


def default_key(secret: Secret) -> Key:
    """Return ``aws/secretsmanager`` in the secret's account and region.

    Its ARN is not read. An id that no policy names is denied by ``key/*`` and by NotResource, not by another's ARN.
    """
    partition = partition_of(secret.arn)
    arn = f"arn:{partition}:kms:{secret.region}:{secret.account}:key/{_UNNAMED_KEY}"
    return Key(arn, "aws/secretsmanager", secret.account, secret.region, "AWS", "Enabled", _default_policy(secret), ())


def _default_policy(secret: Secret) -> Policy:
    """Return the documented policy of the AWS-managed key."""
    suffix = "amazonaws.com.cn" if secret.arn.startswith("arn:aws-cn:") else "amazonaws.com"
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:CreateGrant", "kms:DescribeKey"],
        "Resource": "*",
        "Condition": {
            "StringEquals": {
                "kms:CallerAccount": secret.account,
                "kms:ViaService": f"secretsmanager.{secret.region}.{suffix}",
            }
        },
    }
    return parse_policy("policy of aws/secretsmanager", {"Version": "2012-10-17", "Statement": statement})

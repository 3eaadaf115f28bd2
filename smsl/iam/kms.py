"""What is peculiar to KMS keys: grants, and the keys that AWS manages.

Source: https://docs.aws.amazon.com/kms/latest/developerguide/policy-evaluation.html
"""

from __future__ import annotations

from smsl.iam.principals import Naming, naming
from smsl.iam.request import ContextValue, Document, Policies, Request
from smsl.iam.resources import is_account_wide
from smsl.iam.statements import Call
from smsl.iam.truth import Truth, all_of, any_of
from smsl.model.arn import parse_arn
from smsl.model.policy import Condition, Grant, Policy, PrincipalEntry, Statement
from smsl.model.unknown import Unknown

_CONTEXT = "kms:encryptioncontext:"
_CONSTRAINED = frozenset(
    {"encrypt", "decrypt", "generatedatakey", "generatedatakeywithoutplaintext", "generatedatakeypair"}
    | {"generatedatakeypairwithoutplaintext", "reencryptfrom", "reencryptto", "creategrant"}
)
"""Operations with an encryption context; constraints bind only these.

Source: https://docs.aws.amazon.com/kms/latest/developerguide/grants.html
"""


def is_about_key(action: str) -> bool:
    """Return whether an action in lower case is decided by a key's policy."""
    return action.startswith("kms:") and not is_account_wide(action)


def policy_of_resource(policies: Policies, request: Request, account: str | None) -> Document | None:
    """Return the policy of the resource; for a key that AWS manages and whose policy is not given, Amazon's.

    Amazon's is that of ``aws/secretsmanager``: anyone of the account, through Secrets Manager.

    Args:
        policies: The policies of the request.
        request: What is asked.
        account: The caller's account.

    Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
    """
    if policies.resource is not None or not is_about_key(request.action.lower()):
        return policies.resource
    if isinstance(policies.key_manager, Unknown):
        return policies.key_manager
    arn = parse_arn(request.resource)
    if policies.key_manager != "AWS" or arn is None or account != (request.resource_account or arn.account):
        return None
    through = Condition("StringEquals", "kms:ViaService", (f"secretsmanager.{arn.region}.amazonaws.com",))
    everyone = (PrincipalEntry("AWS", "*"),)
    itself = (PrincipalEntry("AWS", account),)
    uses = ("kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:CreateGrant")
    reads = ("kms:Describe*", "kms:Get*", "kms:List*", "kms:RevokeGrant")
    return Policy(
        "aws/secretsmanager",
        "2012-10-17",
        (
            Statement(
                "Allow", 0, None, everyone, actions=(*uses, "kms:DescribeKey"), resources=("*",), conditions=(through,)
            ),
            Statement("Allow", 1, None, itself, actions=reads, resources=("*",)),
        ),
    )


def granted(grant: Grant, call: Call) -> tuple[Truth, Naming]:
    """Return whether a grant covers the call, and how it names the caller."""
    operation = call.action.removeprefix("kms:")
    if operation not in (each.lower() for each in grant.operations):
        return False, Naming()
    entry = PrincipalEntry("Service" if ":" not in grant.grantee else "AWS", grant.grantee)
    named = naming((entry,), call.caller, call.situation)
    constrained = operation not in _CONSTRAINED or _meets_constraints(grant, call)
    return all_of((named.at_all, constrained)), named


def _meets_constraints(grant: Grant, call: Call) -> Truth:
    keys, names = call.situation.keys, call.situation.names
    context = {names[key][len(_CONTEXT) :]: value for key, value in keys.items() if key.startswith(_CONTEXT)}
    tests: list[Truth] = []
    if grant.encryption_context_equals is not None:
        wanted = dict(grant.encryption_context_equals)
        tests.extend(_is(context.get(name), text, call, _CONTEXT + name.lower()) for name, text in wanted.items())
        tests.extend(_is_left_out(context[name], call, _CONTEXT + name.lower()) for name in context.keys() - wanted)
    for name, text in grant.encryption_context_subset or ():
        tests.append(_is(context.get(name), text, call, _CONTEXT + name.lower()))
    if grant.source_arn is not None:
        tests.append(_is(keys.get("aws:sourcearn"), grant.source_arn, call, "aws:sourcearn"))
    return all_of(tests)


def _is(value: ContextValue | None, wanted: str, call: Call, key: str) -> Truth:
    if isinstance(value, Unknown):
        if wanted in call.situation.other_than.get(key, ()):
            return False
        return call.situation.unsettled(("StringEquals", key, wanted, False), (key,))
    return value in (wanted, (wanted,))


def _is_left_out(value: ContextValue, call: Call, key: str) -> Truth:
    if isinstance(value, Unknown) and key not in call.situation.other_than:
        return call.situation.unsettled(("absent", key), (key,))
    return False


def grants_truth(policies: Policies, call: Call) -> tuple[Truth, Truth]:
    """Return whether a grant names the caller itself, and whether one names its whole account."""
    if not policies.grants or not is_about_key(call.action):
        return False, False
    if isinstance(policies.grants, Unknown):
        return policies.grants, False
    found = [granted(grant, call) for grant in policies.grants]
    itself = any_of(all_of((covers, any_of((named.directly, named.as_role)))) for covers, named in found)
    return itself, any_of(all_of((covers, named.by_account)) for covers, named in found)


def covering_grants(policies: Policies, call: Call) -> tuple[Grant, ...]:
    """Return the grants that cover a call, or may."""
    if isinstance(policies.grants, Unknown) or not is_about_key(call.action):
        return ()
    return tuple(grant for grant in policies.grants if granted(grant, call)[0] is not False)

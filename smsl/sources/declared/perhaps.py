"""Policies of which nobody can tell yet whether a role will have them: they allow and deny perhaps."""

from __future__ import annotations

from dataclasses import replace

from smsl.model.policy import Condition, Policy
from smsl.model.standin import unsettled
from smsl.model.unknown import Unknown

_KEY = "aws:PrincipalArn"
"""What every request carries."""


def perhaps(policy: Policy | Unknown, cause: str) -> Policy | Unknown:
    """Return a policy whose statements hold if `cause` makes it so.

    What is allowed elsewhere stays allowed unless one of them denies it; what they would allow is not known.
    """
    if isinstance(policy, Unknown):
        return policy
    doubt = Condition("StringLike", _KEY, (unsettled(cause),))
    return Policy(
        policy.name,
        policy.version,
        tuple(replace(each, conditions=(*each.conditions, doubt)) for each in policy.statements),
    )

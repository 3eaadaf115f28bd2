"""What text in a policy or a variable names one secret.

Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples.html
"""

from __future__ import annotations

import re

from smsl.model.arn import parse_arn

_SUFFIX = re.compile(r"-(?:[A-Za-z0-9]{6}|\?{6})")
"""Six letters and digits; question marks where they are not drawn yet."""
_PARAMETER_PREFIX = "/aws/reference/secretsmanager/"


def name_of_arn(resource: str) -> str:
    """Return the secret's name from the resource part of its ARN, ``secret:NAME-AbCdEf``."""
    name = resource.removeprefix("secret:")
    return name[:-7] if _SUFFIX.fullmatch(name[-7:]) else name


def granted_name(resource: str) -> str | None:
    """Return the name that a policy's Resource grants individually; None for a pattern over many, or another service.

    ``secret:prod/db-AbCdEf``, ``secret:prod/db-??????``, ``secret:prod/db-*`` and ``secret:prod/db*`` each name
    ``prod/db``; ``secret:prod/*`` names nobody in particular.
    """
    arn = parse_arn(resource)
    if arn is None or arn.service != "secretsmanager" or not arn.resource.startswith("secret:"):
        return None
    name = arn.resource.removeprefix("secret:")
    for ending in ("-??????", "-*", "??????", "*"):
        if name.endswith(ending):
            name = name[: -len(ending)]
            break
    else:
        name = name_of_arn(arn.resource)
    if not name or name.endswith(("/", "-", "_", ".")) or any(sign in name for sign in "*?$"):
        return None
    return name


def grants_in(resource: str, region: str, account: str) -> bool:
    """Tell whether a policy's Resource speaks of secrets of this region and account."""
    arn = parse_arn(resource)
    return arn is not None and arn.region in ("*", "", region) and arn.account in ("*", "", account)


def has_suffix(text: str) -> bool:
    """Tell a text that ends as a complete ARN does: Secrets Manager may read it as one."""
    return _SUFFIX.fullmatch(text[-7:]) is not None


def secret_of_parameter(name: str) -> str | None:
    """Return the secret that a Parameter Store name stands for, ``/aws/reference/secretsmanager/NAME``.

    Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/integration-ps-secretsmanager.html
    """
    return name.removeprefix(_PARAMETER_PREFIX) if name.startswith(_PARAMETER_PREFIX) else None


def lacks_suffix(resource: str, secret_arn: str) -> bool:
    """Tell whether a policy's Resource is the secret's ARN without the suffix, or with one that is not its own."""
    granted, real = parse_arn(resource), parse_arn(secret_arn)
    if granted is None or real is None or granted.service != "secretsmanager":
        return False
    if any(sign in granted.resource for sign in "*?"):
        return False
    name = name_of_arn(real.resource)
    given = granted.resource.removeprefix("secret:")
    return granted.resource != real.resource and (
        given == name or (given[:-7] == name and bool(_SUFFIX.fullmatch(given[-7:])))
    )

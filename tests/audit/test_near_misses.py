"""Each permission failure of the sample account shows the statement at fault: what it has, and what is needed."""

from __future__ import annotations

import pytest

from smsl.assess.blockers import NETWORK_LAYERS
from smsl.audit import audit
from smsl.lab.account import Lab
from smsl.lab.sample import SAMPLE
from smsl.model.evidence import Access
from smsl.render.console import render
from smsl.sources.aws.capture import capture
from smsl.sources.aws.connection import Connection
from smsl.sources.aws.convert import convert
from smsl.sources.aws.request import Request, parse_target

SHOWN = {
    "forecasts": (
        "nearest statement: managed team-boundary, statement 1",
        "Action has logs:*, s3:*, dynamodb:*, kms:* needs secretsmanager:GetSecretValue",
    ),
    "invoices": (
        'nearest statement: invoices-exec, inline "secrets", Sid ReadSecret',
        "Action has secretsmanager:GetSecretValue needs kms:Decrypt",
    ),
    "loyalty": (
        'nearest statement: loyalty-exec, inline "secrets", Sid ReadSecret',
        "Resource has arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/loyalty/db needs {secret}",
    ),
    "payroll": (
        "nearest statement: key policy of {key}, statement 1",
        "Principal has arn:aws:iam::123456789012:role/key-admin needs arn:aws:iam::123456789012:role/payroll-exec",
    ),
    "refunds": ("explicitly denied by resource policy of prod/refunds/db, statement 1",),
    "shipping": (
        'nearest statement: shipping-exec, inline "secrets", Sid DecryptSecret',
        "kms:ViaService has secretsmanager.us-east-1.amazonaws.com needs secretsmanager.eu-west-1.amazonaws.com",
    ),
}
"""By function; white space as it falls."""
OF_PERMISSION = ("resource_policy", "identity_policy", "permissions_boundary", "key_policy", "kms_permission", "kms:")


def is_permission(access: Access) -> bool:
    return any(layer.startswith(OF_PERMISSION) for layer in access.blocked_by if layer not in NETWORK_LAYERS)


@pytest.fixture(scope="module")
def accesses(lab: Lab) -> dict[str, tuple[Access, str]]:
    """The accesses that a permission blocks, with the report of each function, white space made single."""
    found = {}
    for function in SAMPLE:
        report = audit(convert(capture(Request((parse_target(function.name),), False, ("eu-west-1",)), Connection())))
        for access in report.subjects[0].accesses:
            if is_permission(access):
                found[function.name] = access, " ".join(render(report).split())
    return found


def test_the_table_speaks_of_every_permission_failure(accesses: dict[str, tuple[Access, str]]) -> None:
    assert sorted(accesses) == sorted(SHOWN)


@pytest.mark.parametrize("name", SHOWN)
def test_shown(accesses: dict[str, tuple[Access, str]], name: str) -> None:
    access, text = accesses[name]
    key = (access.key_arn or "").rpartition("/")[2]

    for line in SHOWN[name]:
        assert line.format(secret=getattr(access.secret, "arn", ""), key=key) in text

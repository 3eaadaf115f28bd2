"""IAM: the policies that AWS manages exist, without 1,400 of them being loaded and listed."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from smsl.lab.correction import Correction
from smsl.lab.emulator import Emulator
from smsl.lab.exchange import ACCOUNT, Reply, Request

_PREFIX = "arn:aws:iam::aws:policy/"


@cache
def _shipped() -> dict[str, Any]:
    """Return moto's copy of AWS's managed policies, by name."""
    from moto.iam.aws_managed_policies import aws_managed_policies_data

    parsed: dict[str, Any] = json.loads(aws_managed_policies_data)
    return parsed


def _make_managed(request: Request, emulator: Emulator) -> None:
    arn = str(request.parameters.get("PolicyArn") or request.parameters.get("PermissionsBoundary") or "")
    backend = emulator.backend("iam", request.region)
    known = backend.managed_policies
    name = arn.rpartition("/")[2]
    if not arn.startswith(_PREFIX) or arn in known or name not in _shipped():
        return
    from moto.iam.models import AWSManagedPolicy

    policy = AWSManagedPolicy.from_data(name, ACCOUNT, "aws", _shipped()[name])
    if policy.arn == arn:
        known[arn] = policy
        backend.aws_managed_policies.append(policy)


def _keep_boundary(request: Request, reply: Reply, emulator: Emulator) -> Reply:
    boundary = request.parameters.get("PermissionsBoundary")
    if boundary:
        user = emulator.backend("iam", request.region).users[str(request.parameters["UserName"])]
        # moto writes whatever member of the answer's shape its object has.
        user.permissions_boundary = {
            "PermissionsBoundaryType": "PermissionsBoundaryPolicy",
            "PermissionsBoundaryArn": str(boundary),
        }
    return reply


ROWS: tuple[Correction, ...] = (
    Correction(
        "aws-managed-policies",
        "iam",
        (
            "AttachRolePolicy", "AttachUserPolicy", "AttachGroupPolicy", "GetPolicy", "GetPolicyVersion",
            "CreateRole", "PutRolePermissionsBoundary", "CreateUser",
        ),
        "moto knows AWS's managed policies only when told to load all of them, which makes every listing slow.",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html",
        before=_make_managed,
    ),
    Correction(
        "user-boundary",
        "iam",
        ("CreateUser",),
        "moto forgets the permissions boundary that a user is made with.",
        "https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateUser.html",
        after=_keep_boundary,
    ),
)  # fmt: skip

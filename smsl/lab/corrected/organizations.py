"""Organizations: where an account stands."""

from __future__ import annotations

from smsl.lab.correction import Correction
from smsl.lab.emulator import Emulator
from smsl.lab.exchange import Reply, Request


def _path(request: Request, reply: Reply, emulator: Emulator) -> Reply:
    """Write the path from the organization by root and units to the account."""
    answered = reply.json()
    account = answered["Account"]
    backend = emulator.backend("organizations", request.region)
    parents = {each.id: each.parent_id for each in (*backend.accounts, *backend.ou) if hasattr(each, "parent_id")}
    path = [account["Id"]]
    while parent := parents.get(path[0]):
        path.insert(0, parent)
    organization = account["Arn"].split("/")[1]
    account["Paths"] = ["/".join((organization, *path, ""))]
    return reply.with_json(answered)


ROWS: tuple[Correction, ...] = (
    Correction(
        "account-has-a-path",
        "organizations",
        ("DescribeAccount",),
        "moto leaves out Paths.",
        "https://docs.aws.amazon.com/organizations/latest/APIReference/API_Account.html",
        after=_path,
    ),
)

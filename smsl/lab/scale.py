"""An account of any size, for benchmarks: functions with a role and a secret each, over few VPCs and keys."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from smsl.lab import places
from smsl.lab.stage import (
    IN_VPC,
    Place,
    Stage,
    make_function,
    make_key,
    make_role,
    make_secret,
    may_decrypt,
    may_read,
    open_stage,
)

_VPCS = 3
_KEYS = 5
_THREADS = 4


def seed_scale(url: str, n: int) -> None:
    """Fill the lab at an address with n healthy functions, `service-0000` and so on.

    Every fourth is outside a VPC, the others are spread over three; every third uses the AWS managed key.
    """
    stage = open_stage(url)
    where = [places.open_place(stage, f"scale-{number}") for number in range(_VPCS)]
    keys = [make_key(stage, f"scale-{number}") for number in range(_KEYS)]
    with ThreadPoolExecutor(_THREADS) as pool:
        list(pool.map(lambda number: _make(stage, number, where, keys), range(n)))


def _make(stage: Stage, number: int, where: list[Place], keys: list[str]) -> None:
    name = f"service-{number:04}"
    key = keys[number % _KEYS] if number % 3 else None
    secret = make_secret(stage, f"prod/{name}", key)
    statements = [may_read(secret), *([may_decrypt(key)] if key else [])]
    make_role(stage, f"{name}-exec", statements, managed=IN_VPC)
    place = where[number % _VPCS] if number % 4 else None
    make_function(stage, name, {"SECRET_ARN": secret}, place)

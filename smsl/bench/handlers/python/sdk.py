"""Read the secrets through the AWS SDK, anew in every invocation.

Nothing is kept, so a rotated secret is seen at once, and every invocation waits for Secrets Manager and is billed
for the call. The client is made once for each environment: making it takes longer than the call itself. Time limits
are short and attempts few, so that a slow answer costs one invocation and not all that follow.

Environment: SECRET_IDS, names or ARNs with commas between; FETCH_IN, `init` or `handler`: where a new environment
reads the secrets of its first invocation.
"""

from __future__ import annotations

import os
from typing import Any

from measured import Measured

SECRET_IDS = os.environ["SECRET_IDS"].split(",")
FETCH_IN = os.environ.get("FETCH_IN", "handler")

measured = Measured("sdk", FETCH_IN)
with measured.timing("import"):
    import boto3
    from botocore.config import Config

with measured.timing("client"):
    client = boto3.client(
        "secretsmanager",
        config=Config(connect_timeout=2, read_timeout=3, retries={"mode": "standard", "total_max_attempts": 3}),
    )
measured.count_calls_of(client)


def read() -> list[dict[str, Any]]:
    """Return what Secrets Manager answers for each secret."""
    with measured.timing("fetch"):
        return [client.get_secret_value(SecretId=each) for each in SECRET_IDS]


# Initialisation has more processor time than an invocation in a small function, so the first read is cheaper here.
first = read() if FETCH_IN == "init" else None
measured.init_done()


def handler(event: Any, context: Any) -> dict[str, Any]:
    """Read the secrets, and answer with what that took."""
    global first
    started = measured.invoked()
    secrets, first = first or read(), None
    # Here the function would use secrets[0]["SecretString"].
    return measured.answer(started, [{"version": each["VersionId"], "age": 0, "stale": False} for each in secrets])

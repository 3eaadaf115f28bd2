"""Keep the secrets in the module for a time, and read them anew when it is over.

One call for each secret and time to live in each environment, made during initialisation where FETCH_IN says so. A
rotated secret is seen when the time is over: choose a time to live that the old value outlives.

When Secrets Manager is out of reach or overloaded, the value that was kept is served on for a while: an outage of its
need not become one of the function's. When it says no, that is an answer: the value is thrown away and the error
raised, or a function would go on using what it may no longer read.

Environment: SECRET_IDS, names or ARNs with commas between; SECRET_CACHE_TTL, seconds, 0 for no keeping at all;
FETCH_IN, `init` or `handler`.
"""

from __future__ import annotations

import os
import time
from typing import Any

from measured import Measured

SECRET_IDS = os.environ["SECRET_IDS"].split(",")
TTL = float(os.environ.get("SECRET_CACHE_TTL", "300"))
FETCH_IN = os.environ.get("FETCH_IN", "handler")
STALE_FOR = 3600.0
"""Seconds beyond its time to live for which a value is served while Secrets Manager cannot be asked."""
RETRY_AFTER = 10.0
"""Seconds before it is asked again after such a failure."""
TRANSIENT = {
    "InternalServiceError", "InternalFailure", "ServiceUnavailable", "RequestTimeout", "Throttling",
    "ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded", "SlowDown",
}  # fmt: skip

measured = Measured("cache", FETCH_IN)
with measured.timing("import"):
    import boto3
    from botocore.config import Config
    from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

with measured.timing("client"):
    client = boto3.client(
        "secretsmanager",
        config=Config(connect_timeout=2, read_timeout=3, retries={"mode": "standard", "total_max_attempts": 3}),
    )
measured.count_calls_of(client)
FAILURES = (ClientError, ConnectionError, HTTPClientError)


class Kept:
    """One secret as it was last read."""

    def __init__(self, secret: dict[str, Any], now: float) -> None:
        self.secret = secret
        self.fetched = now
        self.fresh_until = now + TTL
        self.stale = False


kept: dict[str, Kept] = {}


def get(secret_id: str) -> Kept:
    """Return a secret, read within its time to live, or older if Secrets Manager cannot be asked."""
    now = time.time()  # the monotonic clock may stand still while Lambda has the environment frozen
    held = kept.get(secret_id)
    if held and now < held.fresh_until:
        return held
    try:
        with measured.timing("fetch"):
            held = Kept(client.get_secret_value(SecretId=secret_id), time.time())
        if TTL > 0:
            kept[secret_id] = held
    except FAILURES as error:
        if not held or not is_transient(error) or now > held.fetched + TTL + STALE_FOR:
            kept.pop(secret_id, None)
            raise
        held.stale, held.fresh_until = True, now + min(TTL, RETRY_AFTER)
    return held


def is_transient(error: Exception) -> bool:
    """Tell a failure that passes from an answer: only after a failure may an old value be served."""
    if not isinstance(error, ClientError):
        return True  # no answer at all
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return status >= 500 or error.response.get("Error", {}).get("Code") in TRANSIENT


if FETCH_IN == "init" and TTL > 0:
    for each in SECRET_IDS:
        try:
            get(each)
        except FAILURES:
            break  # the first invocation asks again, and fails in a way that its caller sees
measured.init_done()


def handler(event: Any, context: Any) -> dict[str, Any]:
    """Get the secrets, and answer with what that took."""
    started = measured.invoked()
    secrets = [get(each) for each in SECRET_IDS]
    # Here the function would use secrets[0].secret["SecretString"].
    now = time.time()
    return measured.answer(
        started,
        [{"version": each.secret["VersionId"], "age": now - each.fetched, "stale": each.stale} for each in secrets],
    )

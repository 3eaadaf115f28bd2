"""Ask the AWS Parameters and Secrets Lambda Extension, which keeps the secrets beside the function.

The function needs no SDK: a request to the same machine, with the session token of its credentials, read in the
handler, since a snapshot of an environment has none. The extension answers from the first invocation on and not
before, and an invocation can be quicker than it: then it says that it is not ready, and is asked again.

Environment: SECRET_IDS, names or ARNs with commas between, and the extension's own settings.
"""

from __future__ import annotations

import json
import os
import time
from http.client import HTTPException
from typing import Any

from measured import Measured

SECRET_IDS = os.environ["SECRET_IDS"].split(",")
PORT = int(os.environ.get("PARAMETERS_SECRETS_EXTENSION_HTTP_PORT", "2773"))
NOT_READY = b"not ready to serve traffic"
ATTEMPTS = 50
PAUSE = 0.005
"""Seconds between attempts while the extension is not ready."""

measured = Measured("extension", "handler")
with measured.timing("import"):
    from http.client import HTTPConnection
    from urllib.parse import quote

with measured.timing("client"):
    # The extension listens on IPv4: by the name localhost one may come to ::1, where nobody answers.
    connection = HTTPConnection("127.0.0.1", PORT, timeout=5)
measured.init_done()


def get(secret_id: str) -> dict[str, Any]:
    """Return a secret as the extension answers it.

    Raises:
        RuntimeError: It cannot read the secret; why stands in its own log lines.
    """
    path = f"/secretsmanager/get?secretId={quote(secret_id, safe='')}"
    headers = {"X-Aws-Parameters-Secrets-Token": os.environ["AWS_SESSION_TOKEN"]}
    for _ in range(ATTEMPTS):
        try:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            body = answer.read()
        except (OSError, HTTPException):
            connection.close()  # the next request opens it again
            time.sleep(PAUSE)
            continue
        if answer.status == 200:
            secret: dict[str, Any] = json.loads(body)
            return secret
        if answer.status != 400 or NOT_READY not in body:
            raise RuntimeError(f"the extension answered {answer.status}")
        time.sleep(PAUSE)
    raise RuntimeError("the extension did not become ready")


def handler(event: Any, context: Any) -> dict[str, Any]:
    """Get the secrets, and answer with what that took."""
    started = measured.invoked()
    with measured.timing("fetch"):
        secrets = [get(each) for each in SECRET_IDS]
    # Here the function would use secrets[0]["SecretString"].
    return measured.answer(started, [{"version": each["VersionId"], "age": None, "stale": None} for each in secrets])

"""Take the secrets from environment variables, into which the deployment has written them: the floor, not a way to go.

Nothing is faster, and nothing is worse: whoever may read the function's configuration reads the secrets, and a
rotated one is seen with the next deployment.

Environment: SECRET_VALUE_0, SECRET_VALUE_1 and so on; SECRET_VERSIONS, their versions with commas between.
"""

from __future__ import annotations

import os
from typing import Any

from measured import Measured

VERSIONS = os.environ["SECRET_VERSIONS"].split(",")

measured = Measured("env", "deployment")
measured.init_done()


def handler(event: Any, context: Any) -> dict[str, Any]:
    """Look at the variables, and answer with what that took."""
    started = measured.invoked()
    with measured.timing("fetch"):
        secrets = [os.environ[f"SECRET_VALUE_{number}"] for number in range(len(VERSIONS))]
    # Here the function would use secrets[0].
    del secrets
    return measured.answer(started, [{"version": each, "age": None, "stale": None} for each in VERSIONS])

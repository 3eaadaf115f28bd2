"""AWS's words for layers, effects and results, each under a name of its own.

On Python 3.11 looking a member up in its enum takes as long as a dozen comparisons, and a decision needs dozens.
"""

from __future__ import annotations

from typing import Final

from smsl.model.decision import Effect, Layer, Result

RESOURCE_CONTROL_POLICY: Final = Layer.RESOURCE_CONTROL_POLICY
SERVICE_CONTROL_POLICY: Final = Layer.SERVICE_CONTROL_POLICY
VPC_ENDPOINT: Final = Layer.VPC_ENDPOINT
RESOURCE: Final = Layer.RESOURCE
PRINCIPAL: Final = Layer.PRINCIPAL
PERMISSIONS_BOUNDARY: Final = Layer.PERMISSIONS_BOUNDARY
SESSION: Final = Layer.SESSION

ALLOW: Final = Effect.ALLOW
NO_IMPACT: Final = Effect.NO_IMPACT
IMPLICIT_DENY: Final = Effect.IMPLICIT_DENY
EXPLICIT_DENY: Final = Effect.EXPLICIT_DENY
EFFECT_UNKNOWN: Final = Effect.UNKNOWN

ALLOWED: Final = Result.ALLOWED
IMPLICITLY_DENIED: Final = Result.IMPLICITLY_DENIED
EXPLICITLY_DENIED: Final = Result.EXPLICITLY_DENIED
RESULT_UNKNOWN: Final = Result.UNKNOWN

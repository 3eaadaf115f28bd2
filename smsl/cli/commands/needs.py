"""``smsl needs``: the permissions that smsl itself wants."""

from __future__ import annotations

import json


def command() -> None:
    """Print the least-privilege policy for an audit: it reads only, and no secret's value."""
    from smsl.sources.aws.calls import policy

    print(json.dumps(policy(), indent=2))

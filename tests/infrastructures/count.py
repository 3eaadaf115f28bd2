"""Count anew how plans, templates and accounts differ: ``python -m tests.infrastructures.count`` writes parity.json.

Read the change before you commit it: each number that grew is a fact that one source no longer says as another does.
"""

from __future__ import annotations

import json
import os
import sys
from itertools import combinations

from smsl.lab.account import Lab, embedded
from tests.infrastructures import deployed
from tests.infrastructures.sources import counts, of_account, of_plan, of_template


def main() -> int:
    """Count, and name what is not listed."""
    with embedded(sample=False) as account:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            del os.environ[name]
        os.environ.update(account.environment)
        rows = {name: _pairs(account, name) for name in deployed.NAMES}
    texts = [f' "{name}": {{\n' + ",\n".join(each) + "\n }" for name, each in rows.items()]
    (deployed.HERE / "parity.json").write_text("{\n" + ",\n".join(texts) + "\n}\n")
    return 0


def _pairs(account: Lab, name: str) -> list[str]:
    sources = {
        "plan": of_plan(name),
        "template": of_template(deployed.template_text(name)),
        "account": of_account(account, name),
    }
    rows = []
    for one, other in combinations(sources, 2):
        found, unlisted = counts(sources[one], sources[other])
        rows.append(f'  "{one}, {other}": {json.dumps(found)}')
        sys.stderr.writelines(f"{name}, {one}, {other}: {each}\n" for each in unlisted)
    return rows


if __name__ == "__main__":
    sys.exit(main())

"""PMapper's local evaluation, by the names it makes public. Usage: PYTHON pmapper.py CASES PASSES.

PYTHON is that of an environment with principalmapper in it, which needs Python 3.9 or older.
"""

from importlib.metadata import version

from passes import run
from principalmapper.common import Node, Policy
from principalmapper.querying.query_interface import local_check_authorization_full

ROLE = "arn:aws:iam::111122223333:role/apps/checkout-exec"


def policy_of(document):
    policies = [Policy(ROLE, "policy", document)]
    return Node(
        ROLE, "AROAEXAMPLE", policies, [], {"Statement": []}, None, 0, False, False, None, False, {"team": "pay"}
    )


def decide(case, node):
    return local_check_authorization_full(node, case["action"], case["resource"], dict(case["context"]))


run(f"PMapper {version('principalmapper')}", policy_of, decide)

"""iamprover, asked to refute that one request is forbidden. Usage: PYTHON iamprover_check.py CASES PASSES.

PYTHON is that of an environment with iamprover in it.
"""

from importlib.metadata import version

from iamprover.engine.solver import check_invariant
from iamprover.invariants import Invariant
from iamprover.model import Account, Principal
from iamprover.parsers.iam import parse_policy_document
from passes import run

ROLE = "arn:aws:iam::111122223333:role/apps/checkout-exec"


def policy_of(document):
    return Account([Principal(ROLE, [parse_policy_document("policy", document)])])


def decide(case, account):
    asked = Invariant("asked", "", [case["action"]], [case["resource"]], where=case["context"])
    return not check_invariant(account, asked).passed


run(f"iamprover {version('iamprover')}", policy_of, decide)

"""smsl by itself in a process, beside its peers. Usage: smsl_evaluate.py [--anew] CASES PASSES.

With --anew each policy is parsed again for each request, as it is by a peer that takes only whole documents.
"""

import sys

from passes import run

from smsl import __version__
from smsl.iam.evaluate import evaluate
from smsl.iam.request import Policies, Request
from smsl.model.decision import Result
from smsl.model.policy import parse_policy

ANEW = "--anew" in sys.argv


def policy_of(document):
    return document if ANEW else parse_policy("policy", document)


def decide(case, policy):
    request = Request(case["principal"], case["action"], case["resource"], None, case["context"])
    document = parse_policy("policy", policy) if ANEW else policy
    return evaluate(request, Policies(identity=(document,))).result is Result.ALLOWED


sys.argv = [each for each in sys.argv if each != "--anew"]
run(f"smsl {__version__}{', each policy parsed for each request' if ANEW else ''}", policy_of, decide)

"""What every peer's adapter shares: read the cases, let the peer decide them all several times, print what it took.

The adapters run in the peers' own environments, so this needs nothing but Python 3.9.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path


def run(name, policy_of, decide):
    """Print one JSON object: the peer's name, the seconds of processor time of each pass, and its answers.

    Args:
        name: The peer with its version.
        policy_of: Makes a policy document ready; called once for each document, before the clock starts.
        decide: Takes a case and its policy made ready, returns whether the request is allowed.
    """
    cases = [json.loads(line) for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()]
    texts = [json.dumps(case["identityPolicies"][0]) for case in cases]
    ready = {text: policy_of(json.loads(text)) for text in dict.fromkeys(texts)}
    asked = [(case, ready[text]) for case, text in zip(cases, texts)]  # noqa: B905  -- strict= is Python 3.10
    seconds, answers = [], []
    for _ in range(int(sys.argv[2])):
        start = time.process_time()
        answers = [decide(case, policy) for case, policy in asked]
        seconds.append(time.process_time() - start)
    print(json.dumps({"name": name, "seconds": seconds, "allowed": answers}))

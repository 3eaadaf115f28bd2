"""What is settled only at deployment equals itself; what somebody else decides may equal anything."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from smsl.iam.evaluate import evaluate
from smsl.iam.request import Policies, Request
from smsl.model.policy import parse_policy
from smsl.model.standin import as_pattern, causes, drawn, is_drawn, is_unsettled, plain, unsettled

CASES = json.loads((Path(__file__).parent / "standins.json").read_text(encoding="utf-8"))


def document(name: str, **elements: Any) -> Any:
    return parse_policy(name, {"Version": "2012-10-17", "Statement": {"Effect": "Allow", **elements}})


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_case(case: dict[str, Any]) -> None:
    action = case.get("action") or ("kms:Decrypt" if "key/" in case["resource"] else "secretsmanager:GetSecretValue")
    role = case.get("role", "app")
    condition = {"Condition": case["condition"]} if "condition" in case else {}
    identity = (
        [document("identity", Action=action, Resource=case["identity"], **condition)] if "identity" in case else []
    )
    resource = None
    if "resourcePolicy" in case:
        resource = document("resource", Action=action, Resource="*", Principal=case["resourcePolicy"])
    elif action == "kms:Decrypt":
        resource = document("key", Action="kms:*", Resource="*", Principal={"AWS": "arn:aws:iam::111122223333:root"})
    request = Request(
        f"arn:aws:sts::111122223333:assumed-role/{role}/fn",
        action,
        case["resource"],
        "111122223333",
        {"aws:PrincipalArn": f"arn:aws:iam::111122223333:role/{role}", **case.get("context", {})},
    )
    decision = evaluate(request, Policies(identity=tuple(identity), resource=resource, key_manager="CUSTOMER"))
    assert decision.result.value == case["result"]
    assert set(case.get("needs", ())) <= set(decision.needs)


def test_nobody_writes_a_stand_in_by_hand() -> None:
    assert not is_drawn(plain(drawn("Key")))
    assert not is_unsettled(plain(unsettled("parameter A")))
    assert plain("plain text") == "plain text"
    assert drawn(unsettled("x")).count("⟪") == 0


def test_causes_are_named_once() -> None:
    text = f"{unsettled('a')}/{unsettled('b')}/{unsettled('a')}"
    assert causes(text) == ("a", "b")
    assert as_pattern(text, "*") == "*/*/*"

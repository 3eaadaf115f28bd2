"""What the variables of one function tell of one another."""

from __future__ import annotations

from smsl.leaks.classify import classify, flagged
from smsl.leaks.formats import example


def test_secret_beside_its_key_id_is_found_whatever_it_is_called() -> None:
    key_id, secret = example("AKIA{A16}"), example("{w18}/{w21}")
    alone = classify({"PART_TWO": secret})
    together = classify({"PART_ONE": key_id, "PART_TWO": secret})
    assert flagged(alone[0]) is None
    leaks = [flagged(variable) for variable in together]
    assert [leak.kind if leak else None for leak in leaks] == ["aws-access-key-id", "aws-secret-access-key"]


def test_commit_beside_a_key_id_is_no_secret() -> None:
    found = classify({"KEY_ID": example("AKIA{A16}"), "GIT_COMMIT": example("{h40}")})
    assert flagged(found[1]) is None


def test_twilio_token_beside_its_account() -> None:
    found = classify({"TWILIO_SID": "AC" + example("{h32}"), "TWILIO_VALUE": example("{h32}")})
    leak = flagged(found[1])
    assert leak is not None
    assert leak.kind == "twilio-auth-token"

"""Suppressions of the configuration, from the command line to the formats."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

Gate = Callable[..., Any]
AGREED = """
[[suppressions]]
rule = "plaintext-secret"
function = "signup"
variable = "MAIL_*"
reason = "a key of the sandbox"
until = 2026-09-01

[[suppressions]]
rule = "plaintext-secret"
variable = "DATABASE_URL"
reason = "moved next week"
until = 2026-08-31
"""


def test_one_is_silenced_and_one_is_no_more(gate: Gate) -> None:
    done = gate("--only", "env", "--format", "json", files={"smsl.toml": AGREED})
    assert done.code == 1
    assert [variable for _, variable in done.counted] == ["DB_PASSWORD", "DATABASE_URL"]
    told = [
        (each["kind"], each["standing"], each["findings"], each["origin"]["line"], each["until"], each["new"])
        for each in done.report["suppressions"]
    ]
    assert told == [
        ("configuration", "in force", 1, 2, "2026-09-01", None),
        ("configuration", "expired", 0, 9, "2026-08-31", None),
    ]
    console = gate("--only", "env").out
    assert "Expired on 2026-08-31: suppression of plaintext-secret for variable DATABASE_URL" in " ".join(
        console.split()
    )
    assert "Suppressed until 2026-09-01, 1 finding: plaintext-secret" in " ".join(console.split())


def test_all_silenced_is_clean(gate: Gate) -> None:
    all_of_it = '[[suppressions]]\nrule = ["plaintext-secret", "via-service-wrong"]\nreason = "a sample"\n'
    done = gate("--format", "sarif", files={"smsl.toml": all_of_it})
    assert done.code == 0
    found = [each.get("suppressions") for each in json.loads(done.out)["runs"][0]["results"]]
    assert found[:4] == [[{"kind": "external", "justification": "a sample"}]] * 4
    assert "<failure" not in gate("--format", "junit").out


def test_a_low_finding_that_is_not_shown_still_counts_for_its_suppression(gate: Gate) -> None:
    low = '[[suppressions]]\nrule = "rotation-off"\nreason = "by hand"\n'
    done = gate("--format", "json", "--min-severity", "high", files={"smsl.toml": low})
    assert done.report["suppressions"][0]["findings"] == 3

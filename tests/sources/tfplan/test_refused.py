"""What is no plan and no state is refused in one sentence that names the file and quotes nothing of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from smsl.model.errors import InputError
from smsl.sources.declared.declaration import Place
from smsl.sources.tfplan.read import read_plan

PLANTED = "not-a-real-password-4711"
NEITHER = "plan.json is not a Terraform plan or state: it has neither resource_changes nor values."


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "plan.json, line 1: is not JSON."),
        (f'{{"a": "{PLANTED}",\n', "plan.json, line 2: is not JSON."),
        (f"{PLANTED}", "plan.json, line 1: is not JSON."),
        (f'["{PLANTED}"]', "plan.json is not a Terraform plan or state: it is no JSON object."),
        (f'{{"{PLANTED}": 1}}', NEITHER),
        ("[" * 100_000, "plan.json: is not JSON that can be read."),
        ('{"a": ' + "9" * 5000 + "}", "plan.json: is not JSON that can be read."),
        (
            json.dumps({"version": 4, "serial": 3, "lineage": PLANTED, "resources": []}),
            "plan.json is Terraform's own state file, whose format is not for others.",
        ),
        (
            json.dumps({"format_version": f"2.0{PLANTED}", "resource_changes": []}),
            "plan.json: its format_version is none that is known (0.x and 1.x are).",
        ),
        (
            json.dumps({"format_version": 3, "resource_changes": []}),
            "plan.json: its format_version is none that is known (0.x and 1.x are).",
        ),
        (
            json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": {}}),
            NEITHER,
        ),
        (
            '{"@level":"info","@message":"Terraform 1.11.4"}\n{"@level":"info"}\n',
            NEITHER,
        ),
    ],
)  # fmt: skip
def test_what_is_refused(text: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        read_plan("plan.json", text, Place())

    assert caught.value.message == message
    assert PLANTED not in str(caught.value)


def test_modules_without_end_are_refused() -> None:
    part: dict[str, Any] = {"resources": []}
    for _ in range(80):
        part = {"child_modules": [part]}
    text = json.dumps({"format_version": "1.0", "values": {"root_module": part}})

    with pytest.raises(InputError, match="modules more than 60 deep"):
        read_plan("state.json", text, Place())


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"format_version": "1.0", "terraform_version": "1.11.4"}),
        json.dumps({"format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": []}),
        "\ufeff" + json.dumps({"format_version": "1.2", "resource_changes": []}),
        json.dumps({"resource_changes": None, "planned_values": {}}),
        "[command]/usr/bin/terraform show -json plan.bin\n"
        + json.dumps({"format_version": "1.2", "resource_changes": []})
        + "\n::debug::stdout: {}\n",
    ],
)
def test_a_plan_with_nothing_in_it_declares_nothing(text: str) -> None:
    found = read_plan("plan.json", text, Place())

    assert (found.pieces, dict(found.left_out)) == ((), {})


@pytest.mark.parametrize("member", [{"errored": True}, {"complete": False}])
def test_a_plan_that_lacks_something_says_so(member: dict[str, Any]) -> None:
    found = read_plan("plan.json", json.dumps({"format_version": "1.2", "resource_changes": [], **member}), Place())

    assert list(found.left_out) == ["plan.json"]

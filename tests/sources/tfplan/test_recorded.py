"""Plans that a real Terraform made: what each of them declares, and that none of it is passed over."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from smsl.model.unknown import Unknown
from smsl.sources.declared.declaration import Declaration, Place
from smsl.sources.declared.network_pieces import EndpointPolicyPiece
from smsl.sources.declared.pieces import (
    FunctionPiece,
    GonePiece,
    InlinePiece,
    KeyPiece,
    KeyPolicyPiece,
    ManagedPiece,
    RolePiece,
    SecretPolicyPiece,
)
from smsl.sources.tfplan.read import read_plan

HERE = Path(__file__).parent
INFRASTRUCTURES = HERE.parent.parent / "infrastructures"
RECORDED = [*sorted(INFRASTRUCTURES.glob("*/plan.json")), *sorted((HERE / "plans").glob("*/*.json"))]
CASES = json.loads((HERE / "recorded.json").read_text())
VALUE = "not-a-real-password-4711"


def read(file: Path) -> Declaration:
    text = file.read_text().replace("@@PASSWORD@@", VALUE).replace("@@VALUE@@", VALUE)
    return read_plan("plan.json", text, Place("123456789012"))


def unknown(declaration: Declaration) -> dict[str, str]:
    """Return what is not known of functions, roles and policies, by address."""
    found: dict[str, str] = {}
    for piece in declaration.pieces:
        match piece:
            case FunctionPiece():
                parts: tuple[Any, ...] = (piece.environment, piece.subnets, piece.security_groups)
                held = () if isinstance(piece.environment, Unknown) else tuple(piece.environment.values())
                for each in (*parts, *held):
                    if isinstance(each, Unknown):
                        found[piece.origin.address] = each.reason
            case RolePiece(trust=Unknown(reason)):
                found[piece.origin.address] = reason
            case (
                InlinePiece(policy=Unknown(reason))
                | ManagedPiece(policy=Unknown(reason))
                | SecretPolicyPiece(policy=Unknown(reason))
                | KeyPiece(policy=Unknown(reason))
                | KeyPolicyPiece(policy=Unknown(reason))
                | EndpointPolicyPiece(policy=Unknown(reason))
            ):
                found[piece.origin.address] = reason
            case _:
                pass
    return found


@pytest.mark.parametrize("file", RECORDED, ids=lambda file: file.parent.name)
def test_no_value_is_in_what_is_declared(file: Path) -> None:
    found = read(file)

    assert found.pieces
    assert VALUE not in repr(found)


@pytest.mark.parametrize("file", RECORDED, ids=lambda file: file.parent.name)
def test_what_a_recorded_plan_leaves_open(file: Path) -> None:
    expected = CASES.get(file.parent.name, {})
    found = read(file)

    assert dict(found.left_out) == expected.get("left_out", {})
    assert unknown(found) == expected.get("unknown", {})


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if "pieces" in case])
def test_a_recorded_plan_declares(name: str, b: Any) -> None:
    [file] = [file for file in RECORDED if file.parent.name == name]

    found = {(type(each).__name__, each.origin.address): b.shown(each) for each in read(file).pieces}

    for kind, address, expected in CASES[name]["pieces"]:
        actual = found[kind, address]
        assert b.holds(actual, expected), {member: actual.get(member) for member in expected}


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if "gone" in case])
def test_a_recorded_plan_deletes(name: str) -> None:
    [file] = [file for file in RECORDED if file.parent.name == name]

    gone = [(each.kind, each.id) for each in read(file).pieces if isinstance(each, GonePiece)]

    assert gone == [tuple(each) for each in CASES[name]["gone"]]


def test_a_plan_of_opentofu_says_the_same_as_one_of_terraform() -> None:
    plan = (HERE / "plans" / "opentofu" / "plan.json").read_text()
    terraform = plan.replace("registry.opentofu.org", "registry.terraform.io")

    assert read_plan("plan.json", plan, Place()) == read_plan("plan.json", terraform, Place())

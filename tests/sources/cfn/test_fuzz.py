"""Whatever a template becomes, it is read or refused, and no value of it is shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from smsl.model.errors import InputError
from smsl.sources.cfn.read import read_templates
from smsl.sources.cfn.template import TemplateFile
from smsl.sources.declared.declaration import Place
from smsl.sources.documents.tree import Node, Scalar, Sequence
from smsl.sources.documents.yaml_tree import trees

PLANTED = "not-a-real-password-4711"
ROOTS = Path(__file__).parent.parent.parent / "infrastructures", Path(__file__).parent / "sam"
TEXTS = [path.read_text(encoding="utf-8") for root in ROOTS for path in sorted(root.glob("**/*.yaml"))]
PIECES = (
    None, "", "x", "${", "${A.B}", 0, True, [], {}, [[]], [{}], "9" * 50, "-1", "AWS::NoValue", "⟨Role⟩", PLANTED,
    "AWS::Serverless::Function", "AWS::IAM::Role", "arn:aws:iam::aws:policy/P",
    {"Ref": "Role"}, {"Ref": "Fn"}, {"Ref": ["a"]}, {"Ref": "AWS::NoValue"}, {"Ref": "Nobody"},
    {"Fn::If": ["C", "a", "b"]},
    {"Fn::GetAtt": ["Role", "Arn"]}, {"Fn::Sub": "${Secret}${x.y}"}, {"Fn::Split": [",", "a,b"]}, {"Fn::Transform": {}},
    {"Fn::Join": 1}, {"Fn::ForEach::X": ["I", ["a"], {"${I}": 1}]}, {"Fn::FindInMap": ["M", "a", "b"]},
    {"Fn::Select": ["9", ["a"]]}, {"Fn::Cidr": ["10.0.0.0/8", "3", "4"]}, {"KMSDecryptPolicy": {}},
)  # fmt: skip
NAMES = ("Fn::If", "Ref", "Type", "Properties", "Condition", "Connectors", "Policies", "Statement", "Fn::Transform")


def plain(node: Node) -> Any:
    """Return a node as plain data, short forms in full."""
    made: Any
    if isinstance(node, Scalar):
        made = node.text
    elif isinstance(node, Sequence):
        made = [plain(item) for item in node.items]
    else:
        made = {key.text: plain(value) for key, value in node.pairs if isinstance(key, Scalar)}
    if not node.tag:
        return made
    name = node.tag[1:]
    return {name if name in {"Ref", "Condition"} else f"Fn::{name}": made}


DOCUMENTS = [json.dumps(plain(next(trees(text)))) for text in TEXTS]


def places(thing: Any) -> list[tuple[Any, Any]]:
    """Return each container with each of its keys."""
    inside = list(thing) if isinstance(thing, dict) else list(range(len(thing))) if isinstance(thing, list) else []
    return [(thing, key) for key in inside] + [found for key in inside for found in places(thing[key])]


def refused(text: str) -> str:
    """Read a text; return the error that refuses it, empty where it is read."""
    try:
        read_templates([TemplateFile("t", text)], Place(), {})
    except InputError as error:
        return str(error)
    return ""


@given(st.data())
@settings(max_examples=60)
def test_changed_documents(data: st.DataObject) -> None:
    document = json.loads(data.draw(st.sampled_from(DOCUMENTS)))
    for _ in range(data.draw(st.integers(1, 5))):
        found = places(document)
        if not found:
            break
        container, key = found[data.draw(st.integers(0, len(found) - 1))]
        change = data.draw(st.sampled_from(["put", "put", "copy", "rename", "drop"]))
        if change == "put":
            container[key] = json.loads(json.dumps(data.draw(st.sampled_from(PIECES))))
        elif change == "copy":
            other, from_key = found[data.draw(st.integers(0, len(found) - 1))]
            container[key] = json.loads(json.dumps(other[from_key]))
        elif change == "rename" and isinstance(container, dict):
            container[data.draw(st.sampled_from(NAMES))] = container.pop(key)
        else:
            del container[key]
    assert refused(json.dumps(document))[:1] in ("", "t")


@given(st.sampled_from(TEXTS), st.data())
@settings(max_examples=60)
def test_changed_texts(text: str, data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text)))
        end = min(len(text), at + data.draw(st.integers(0, 40)))
        text = (
            text[:at]
            + data.draw(st.sampled_from(["", "\n", " ", ":", "- ", "!Ref ", "*a", "&a ", "{", "]", "#", "'", "\t"]))
            + text[end:]
        )
    assert refused(text)[:1] in ("", "t")


def test_values_are_in_no_piece() -> None:
    resources = {
        "Secret": {"Type": "AWS::SecretsManager::Secret", "Properties": {"SecretString": PLANTED}},
        "Db": {"Type": "AWS::RDS::DBInstance", "Properties": {"MasterUserPassword": PLANTED}},
        "Fn": {
            "Type": "AWS::Lambda::Function",
            "Metadata": {"note": PLANTED},
            "Properties": {
                "Role": "r",
                "Code": {"ZipFile": PLANTED},
                "Description": PLANTED,
                "Environment": {"Variables": {"A": PLANTED, "B": {"Ref": "Password"}, "C": {"Fn::Sub": f"x{PLANTED}"}}},
            },
        },
        "Parameter": {"Type": "AWS::SSM::Parameter", "Properties": {"Value": PLANTED}},
        "Other": {"Type": "Custom::Thing", "Properties": {"Password": PLANTED}},
        "Broken": {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": [PLANTED], "SecretString": [PLANTED]}},
    }  # fmt: skip
    parameters = {"Password": {"Type": "String", "NoEcho": True, "Default": PLANTED}}
    text = json.dumps({"Parameters": parameters, "Resources": resources, "Outputs": {"O": {"Value": PLANTED}}})
    declaration = read_templates([TemplateFile("t", text)], Place(), {})
    assert len(declaration.pieces) == 2
    assert PLANTED not in repr(declaration)
    for at in range(0, len(text), 23):  # cut off anywhere
        try:
            shown = repr(read_templates([TemplateFile("t", text[:at])], Place(), {}))
        except InputError as error:
            shown = str(error)
        assert PLANTED not in shown

"""Whatever a plan or a template becomes, the audit of it ends as an audit ends: by a code, a sentence, a valid report.

Real ones are disturbed: nodes are taken out, doubled, made something else, put where others stood.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import smsl.render

Audit = Callable[..., Any]
TESTS = Path(__file__).parents[2]
SCHEMA = json.loads((Path(smsl.render.__file__).parent / "report.schema.json").read_text(encoding="utf-8"))
VALID = jsonschema.validators.validator_for(SCHEMA)(SCHEMA)
PLANS = sorted(
    [*TESTS.glob("infrastructures/[01]*/plan.json"), *TESTS.glob("sources/tfplan/plans/*/plan.json")],
    key=lambda path: path.parent.name,
)
TEMPLATES = sorted(
    [
        *TESTS.glob("infrastructures/[01]*/template.yaml"),
        *TESTS.glob("cdk/recorded/*/*.template.json"),
        Path(__file__).parent / "sown.yaml",
    ],
    key=str,
)
OTHERS: tuple[Any, ...] = (
    None, True, 0, -1, 1e308, float("nan"), 10**30, "", "x", "*", "x" * 3_000, [], {}, [[]], [None], {"": ""},
    "⟨x⟩", "⟪x⟫", "${x}", "a\0b\n", "\ud800", "arn:", "arn:aws:iam::123456789012:role/x", "10.0.0.0/99", "::/0", "null",
    {"Ref": "AWS::NoValue"}, {"Ref": "Nobody"}, {"Fn::Sub": "${Nobody.Arn}"}, {"Fn::If": ["Nobody", 1, 2]},
    {"Fn::GetAtt": "x"}, {"Fn::Split": [",", "a,b"]}, {"Fn::Join": [1]}, {"Fn::Select": [9, ["a"]]},
    {"references": ["module.x.y"]}, {"constant_value": {"a": []}}, {"Fn::Transform": {}},
    {"Fn::ForEach::x": ["y", ["z"], {}]},
)  # fmt: skip
"""What a node may become."""
CHANGES = st.lists(
    st.tuples(
        st.integers(0, 10**6),
        st.sampled_from(["out", "twice", "other", "elsewhere", "renamed"]),
        st.integers(0, 10**6),
    ),
    min_size=1,
    max_size=5,
)


@cache
def text_of(path: Path) -> str:
    """Return a document as JSON; a template's short forms of functions as its long ones."""
    text = path.read_text(encoding="utf-8")
    return text if path.suffix == ".json" else json.dumps(yaml.load(text, _Loader))  # noqa: S506 -- a safe loader


class _Loader(yaml.SafeLoader):
    """YAML's types but for dates, and CloudFormation's short forms."""


def _long(loader: yaml.SafeLoader, name: str, node: yaml.Node) -> Any:
    match node:
        case yaml.ScalarNode():
            value: Any = loader.construct_scalar(node)
            value = value.split(".", 1) if name == "GetAtt" else value
        case yaml.SequenceNode():
            value = loader.construct_sequence(node, deep=True)
        case _:
            value = loader.construct_mapping(node, deep=True)
    return {name if name in ("Ref", "Condition") else f"Fn::{name}": value}


_Loader.add_multi_constructor("!", _long)  # type: ignore[no-untyped-call]
_Loader.yaml_implicit_resolvers = {
    sign: [each for each in found if not each[0].endswith("timestamp")]
    for sign, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def nodes(document: Any) -> list[tuple[Any, Any]]:
    """Return each container with the key or index of each node in it."""
    found: list[tuple[Any, Any]] = []
    waiting = [document]
    while waiting:
        each = waiting.pop()
        keys = list(each) if isinstance(each, dict) else list(range(len(each))) if isinstance(each, list) else []
        found += [(each, key) for key in keys]
        waiting += [each[key] for key in keys]
    return found


def disturb(document: Any, changes: list[tuple[int, str, int]]) -> None:
    """Change a document in place."""
    for where, manner, what in changes:
        all_nodes = nodes(document)
        if not all_nodes:
            return
        home, key = all_nodes[where % len(all_nodes)]
        other, other_key = all_nodes[what % len(all_nodes)]
        match manner:
            case "out":
                del home[key]
            case "twice" if isinstance(home, list):
                home.append(home[key])
            case "twice" | "renamed":
                copied = json.loads(json.dumps(home[key]))
                if isinstance(home, dict):
                    home[("x" * (what % 3) + str(other_key))[:200]] = copied
                if manner == "renamed":
                    del home[key]
            case "elsewhere":
                home[key] = json.loads(json.dumps(other[other_key]))
            case _:
                home[key] = OTHERS[what % len(OTHERS)]


def check(path: Path, changes: list[tuple[int, str, int]], audit: Audit, room: Path) -> None:
    document = json.loads(text_of(path))
    disturb(document, changes)
    file = room / "disturbed.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    option = "--template" if path in TEMPLATES else "--plan"
    ended = audit(option, file, "--notes", "--format=json", "--format=console=a.written", "--format=sarif=b.written")
    assert ended.code in (0, 1, 2, 3)
    if ended.out:
        VALID.validate(json.loads(ended.out))
    if ended.code != 2:
        assert ended.out
        assert ended.err == ""
    else:
        assert ended.err.startswith("smsl: ")
        assert len(ended.err.strip().splitlines()) <= 2
    assert not set("⟨⟪") & set(ended.err)


FEW = settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
MANY = settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
WHERE = {"template": st.sampled_from(TEMPLATES), "plan": st.sampled_from(PLANS)}


@pytest.mark.parametrize("kind", WHERE)
def test_a_disturbed_file_ends_as_any_other(kind: str, audit: Audit, room: Path) -> None:
    @FEW
    @given(WHERE[kind], CHANGES)
    def once(path: Path, changes: list[tuple[int, str, int]]) -> None:
        check(path, changes, audit, room)

    once()


@pytest.mark.verify
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("kind", WHERE)
def test_many_disturbed_files_end_as_any_other(kind: str, audit: Audit, room: Path) -> None:
    @MANY
    @given(WHERE[kind], CHANGES)
    def once(path: Path, changes: list[tuple[int, str, int]]) -> None:
        check(path, changes, audit, room)

    once()


def test_disturbing_disturbs(planting: ModuleType) -> None:
    assert len(PLANS) > 30
    assert len(TEMPLATES) > 30
    document = json.loads(text_of(PLANS[0]))
    before = list(planting.places(document))
    disturb(document, [(7, "out", 0), (11, "other", 3), (13, "elsewhere", 400)])
    assert list(planting.places(document)) != before

"""What a resource will be: PlanResourceChange and ApplyResourceChange of the stand-in provider.

The rules are those of the provider's own framework as its plans show them: what is configured stands; what is not takes
its default; what is computed is unknown when the resource is made and stays what it was when it is changed; the
attributes of rules inside a set (routes, ingress, egress) are zero values rather than null.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

from schemas import Attribute, Block

Value = dict[str, Any]


class Unknown:
    """A value that is known only after apply."""

    def __repr__(self) -> str:
        return "(known after apply)"


UNKNOWN: Final = Unknown()
_ZERO: dict[str, Any] = {"string": "", "number": 0, "bool": False}
_CODE = ("filename", "image_uri", "s3_bucket", "s3_key", "s3_object_version", "source_code_hash")


def plan(
    kind: str, block: Block, prior: Value | None, config: Value, proposed: Value, region: str, tags: Value
) -> Value:
    """Return the planned state of a resource."""
    planned = _body(block, prior, config, proposed)
    if "region" in block.attributes and config["region"] is None:
        planned["region"] = region
    if "tags_all" in block.attributes:
        planned["tags_all"] = _all_tags(prior, config, tags)
    if prior is not None and kind == "aws_lambda_function":
        _published(prior, planned)
    return planned


def replacing(block: Block, prior: Value, planned: Value) -> list[str]:
    """Return the attributes whose change makes the resource anew."""
    return [
        name
        for name, each in block.attributes.items()
        if each.replaces and not same(prior[name], planned[name]) and planned[name] is not None
    ]


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal, the order of a set's members aside."""
    return _comparable(one) == _comparable(other)


def _comparable(value: Any) -> str:
    match value:
        case dict():
            return json.dumps({name: _comparable(each) for name, each in sorted(value.items())})
        case list():
            return json.dumps(sorted(_comparable(each) for each in value))
        case Unknown():
            return "unknown"
        case _:
            return json.dumps(value)


def _body(block: Block, prior: Value | None, config: Value, proposed: Value) -> Value:
    planned: Value = {}
    for name, each in block.attributes.items():
        planned[name] = _attribute(each, prior is None, config[name], proposed[name])
    for name, nested in block.blocks.items():
        given, suggested = config[name], proposed[name]
        if nested.mode == "single":
            planned[name] = given
        elif isinstance(given, Unknown):
            planned[name] = UNKNOWN
        elif not given and nested.computed:
            planned[name] = UNKNOWN if prior is None else prior[name]
        else:
            before = prior[name] if prior is not None and nested.mode == "list" else []
            planned[name] = [
                _body(nested.body, before[index] if index < len(before) else None, element, suggested[index])
                for index, element in enumerate(given)
            ]
    return planned


def _attribute(each: Attribute, new: bool, given: Any, suggested: Any) -> Any:
    if each.write_only:
        return None
    if given is None and each.default is not None:
        return each.default
    if given is None and each.computed:
        return UNKNOWN if new else suggested
    return _zeroed(each.type, given)


def _zeroed(kind: Any, value: Any) -> Any:
    """Fill the gaps in a set of objects."""
    match kind, value:
        case [["set" | "list", ["object", members]], list()]:
            return [{name: _filled(inner, each[name]) for name, inner in members.items()} for each in value]
        case _:
            return value


def _filled(kind: Any, value: Any) -> Any:
    if value is not None:
        return value
    return _ZERO[kind] if isinstance(kind, str) else []


def _all_tags(prior: Value | None, config: Value, tags: Value) -> Any:
    own = config["tags"]
    if isinstance(own, Unknown):
        return UNKNOWN
    if own is None and not tags:
        return UNKNOWN if prior is None else prior["tags_all"]
    return {**tags, **(own or {})}


def _published(prior: Value, planned: Value) -> None:
    """Forget what a change of a function makes anew."""
    changed = [name for name in planned if not same(prior[name], planned[name])]
    if changed and set(changed) != {"tags", "tags_all"}:
        planned["last_modified"] = UNKNOWN
        if set(changed) & set(_CODE):
            planned["source_code_size"] = UNKNOWN
        if planned["publish"]:
            planned.update(version=UNKNOWN, qualified_arn=UNKNOWN, qualified_invoke_arn=UNKNOWN)


def apply(block: Block, planned: Value, computed: Callable[[str, Value], Any]) -> Value:
    """Return the state after an apply: what was unknown is known now."""
    state = dict(planned)
    for name, each in block.attributes.items():
        if isinstance(state[name], Unknown):
            state[name] = computed(name, state)
            if state[name] is None and each.type != "string":
                state[name] = (
                    _filled(each.type, None) if not isinstance(each.type, list) or each.type[0] != "map" else {}
                )
    for name, nested in block.blocks.items():
        if nested.mode == "single":
            continue
        if isinstance(state[name], Unknown):
            state[name] = computed(name, state) or []
        state[name] = [apply(nested.body, each, computed) for each in state[name]]
    return state

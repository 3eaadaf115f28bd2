"""What functions find around them: the modules of their layers and of the runtime, and a clock that can be stepped."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from smsl.lab.account import Lab
from smsl.lab.functions.runtimes import INSTALL_NODE_SDK, has_node_sdk
from tests.lab.functions.conftest import Make, invoke, zipped
from tests.lab.functions.test_invocations import needs_node

NODE = {"Runtime": "nodejs20.x"}
APP = """
import { createRequire } from "node:module";
const require = createRequire(import.meta.url);
export const handler = async (name) => [(await import(name)).default.from, require(name).from];
"""


def module(name: str, text: str) -> dict[str, str]:
    return {f"{name}/package.json": json.dumps({"main": "index.js"}), f"{name}/index.js": text}


def layer(functions: Any, name: str, files: Mapping[str, str]) -> str:
    content = zipped({f"nodejs/node_modules/{path}": text for path, text in files.items()})
    return str(functions.publish_layer_version(LayerName=name, Content={"ZipFile": content})["LayerVersionArn"])


@needs_node
def test_import_and_require_find_what_the_layers_of_the_function_hold(functions: Any, make: Make) -> None:
    first = layer(
        functions, "first", {**module("a", "exports.from = 'first';"), **module("b", "exports.from = 'first';")}
    )
    second = layer(functions, "second", module("b", "exports.from = 'second ' + require('a').from;"))
    files = {
        "app.mjs": APP,
        **{f"node_modules/{path}": text for path, text in module("c", "exports.from = 'own';").items()},
    }
    with_both = make("with-both", files, **NODE, Layers=[first, second])
    with_one = make("with-one", files, **NODE, Layers=[first])
    asked = {
        (function, name): invoke(functions, function, name) for function in (with_both, with_one) for name in "abc"
    }

    assert {key: each.payload for key, each in asked.items()} == {
        ("with-both", "a"): ["first", "first"],
        ("with-both", "b"): ["second first", "second first"],
        ("with-both", "c"): ["own", "own"],
        ("with-one", "a"): ["first", "first"],
        ("with-one", "b"): ["first", "first"],
        ("with-one", "c"): ["own", "own"],
    }


@needs_node
@pytest.mark.skipif(not has_node_sdk(), reason=f"needs the AWS SDK for JavaScript: {INSTALL_NODE_SDK}")
def test_the_sdk_comes_with_the_runtime_unless_a_layer_brings_another(functions: Any, make: Make) -> None:
    name = "@aws-sdk/client-secrets-manager"
    code = APP.replace(".from", ".SecretsManagerClient.name").replace(".default", "")
    plain = make("plain", {"app.mjs": code}, **NODE)
    other = layer(functions, "other", module(name, "exports.SecretsManagerClient = { name: 'the layer' };"))
    layered = make("layered", {"app.mjs": code}, **NODE, Layers=[other])

    assert invoke(functions, plain, name).payload == ["SecretsManagerClient"] * 2
    assert invoke(functions, layered, name).payload == ["the layer"] * 2


HOUR = 3600
PYTHON = """
import time

def handler(event, context):
    left = context.get_remaining_time_in_millis()
    return [time.time(), time.time_ns() / 1e9, time.monotonic(), time.perf_counter(), left]
"""
JAVASCRIPT = """
const seconds = () => Number(process.hrtime.bigint()) / 1e9;

export const handler = async (event, context) => [
  Date.now() / 1000, new Date().getTime() / 1000, performance.now() / 1000, seconds(),
  context.getRemainingTimeInMillis(),
];
"""
ODDITIES = """
class Day extends Date {
  get isLate() {
    return this.getTime() > 1e12;
  }
}

export const handler = async () => {
  const day = new Day();
  return [
    new Date(0).toISOString(), new Date(2020, 1, 29).getMonth(), Date.UTC(2020, 0), Date(), new Date() instanceof Date,
    day.isLate && day instanceof Date, new day.constructor() instanceof Day, new Date().constructor === Date,
    structuredClone(new Date(5)).getTime(), Number.isInteger(Date.now()),
  ];
};
"""


@pytest.mark.parametrize(
    ("runtime", "files"),
    [
        pytest.param("python3.12", {"app.py": PYTHON}, id="python"),
        pytest.param("nodejs20.x", {"app.mjs": JAVASCRIPT}, id="nodejs", marks=needs_node),
    ],
)
def test_a_stepped_clock_moves_ages_and_no_durations(
    runtime: str, files: dict[str, str], lab: Lab, functions: Any, make: Make
) -> None:
    lab.set_clock(0)
    name = make(f"clock-{runtime[:6]}", files, Runtime=runtime, Timeout=20)
    before = invoke(functions, name).payload
    lab.set_clock(HOUR)
    after = invoke(functions, name).payload

    *ages, duration, _ = (then - now for then, now in zip(after, before, strict=True))
    assert all(HOUR <= age < HOUR + 20 for age in ages)
    assert 0 < duration < 20
    assert all(0 < left <= 20_000 for left in (before[-1], after[-1]))


@needs_node
def test_a_stepped_date_is_a_date_in_every_other_way(lab: Lab, functions: Any, make: Make) -> None:
    lab.set_clock(HOUR)
    name = make("dates", {"app.mjs": ODDITIES}, Runtime="nodejs20.x")
    said = invoke(functions, name).payload

    assert said.pop(3).endswith("(Coordinated Universal Time)")
    assert said == ["1970-01-01T00:00:00.000Z", 1, 1577836800000, True, True, True, True, 5, True]

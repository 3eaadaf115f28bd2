"""Each resource type: a template, a call of the API, and what its answer must hold; the stack deleted, it is gone."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from textwrap import indent
from typing import Any

import pytest
import yaml
from botocore import xform_name
from botocore.exceptions import ClientError

from smsl.lab.account import Lab
from smsl.lab.cloudformation.kinds import KINDS
from smsl.lab.cloudformation.template import parse
from smsl.lab.stage import REGION, bare_session
from tests.lab.cloudformation.conftest import Connect, Deploy, Deployed
from tests.lab.functions.conftest import zipped

CASES = [
    {**case, "service": path.stem}
    for path in sorted(Path(__file__).parent.glob("cases/*.yaml"))
    for case in yaml.safe_load(path.read_text())
]
PLACE = re.compile(r"\{([A-Z]\w*|digest)(?:\.(\w+))?\}")


def named(value: Any) -> set[tuple[str, str]]:
    """Return the resources, and their attributes, that a case's parameters and answer name."""
    match value:
        case dict():
            return set().union(*map(named, value.values()))
        case list():
            return set().union(*map(named, value))
        case _:
            return set(PLACE.findall(str(value)))


def filled(value: Any, outputs: dict[str, str]) -> Any:
    match value:
        case dict():
            return {name: filled(each, outputs) for name, each in value.items()}
        case list():
            return [filled(each, outputs) for each in value]
        case str():
            return PLACE.sub(lambda found: outputs[found[1] + (found[2] or "")], value)
        case _:
            return value


def missing(answer: Any, expected: Any, place: str = "") -> list[str]:
    """Return where an answer lacks what is expected: of a list each row, of text a pattern where one is given."""
    match expected:
        case dict() if isinstance(answer, dict):
            return [each for name in expected for each in missing(answer.get(name), expected[name], f"{place}/{name}")]
        case [_, *_] if isinstance(answer, list):
            found = [
                [missing(row, each, f"{place}/{number}") for row in answer] for number, each in enumerate(expected)
            ]
            return [each for rows in found for each in min(rows, key=len, default=[place])]
        case str() if expected.startswith("~") and isinstance(answer, str):
            return [] if re.search(expected[1:], answer, re.DOTALL) else [f"{place}: {answer}"]
        case _:
            return [] if answer == expected else [f"{place}: {answer}"]


def template_of(case: dict[str, Any]) -> str:
    outputs = [
        f"{name}{attribute}: {{Value: !{f'GetAtt {name}.{attribute}' if attribute else f'Ref {name}'}}}"
        for name, attribute in sorted(named([case["with"], case["answer"]]) - {("digest", "")})
    ]
    text = f"Resources:\n{indent(case['resources'], '  ')}"
    return text + (f"Outputs:\n{indent(chr(10).join(outputs), '  ')}\n" if outputs else "")


def upload(lab: Lab, place: str) -> str:
    """Put an archive into a bucket, as who deploys does before; return its digest, as Lambda writes it."""
    bucket, _, key = place.partition("/")
    archive = zipped({"index.py": "pass"})
    client = bare_session().create_client("s3", REGION, endpoint_url=lab.url)
    client.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    client.put_object(Bucket=bucket, Key=key, Body=archive)
    return base64.b64encode(hashlib.sha256(archive).digest()).decode()


def is_complete(deployed: Deployed) -> bool:
    return (deployed.status, set(deployed.resources)) == ("CREATE_COMPLETE", set(parse(deployed.template)["Resources"]))


def is_gone(ask: Callable[[], list[str]]) -> bool:
    try:
        return bool(ask())
    except ClientError as refused:
        return refused.response["ResponseMetadata"]["HTTPStatusCode"] in {400, 404}


@pytest.mark.every(3)
@pytest.mark.parametrize("case", CASES, ids=[f"{case['service']}-{case['case']}" for case in CASES])
def test_a_kind_is_what_the_api_says(case: dict[str, Any], lab: Lab, deploy: Deploy, connect: Connect) -> None:
    digest = upload(lab, case["upload"]) if "upload" in case else ""
    if "group" in case:
        connect("iam").create_group(GroupName=case["group"])
    deployed = deploy(template_of(case).replace("{digest}", digest))
    assert is_complete(deployed), deployed.reason

    service, operation = case["call"].split()
    ask = getattr(connect(service), xform_name(operation))
    parameters, expected = (
        filled(case["with"], deployed.outputs),
        filled(case["answer"], deployed.outputs | {"digest": digest}),
    )
    answer = ask(**parameters)
    assert missing(answer, expected) == []
    assert "rows" not in case or [case["rows"]] == [len(rows) for rows in answer.values() if isinstance(rows, list)]

    stacks = connect("cloudformation")
    stacks.delete_stack(StackName="stack")
    assert not stacks.describe_stacks()["Stacks"]
    assert case.get("lasts", False) or is_gone(lambda: missing(ask(**parameters), expected)), "it is still there"


def test_every_property_of_every_kind_has_a_case() -> None:
    tried: dict[str, set[str]] = {}
    for case in CASES:
        for resource in parse(template_of(case))["Resources"].values():
            tried.setdefault(resource["Type"], set()).update(resource.get("Properties", {}))

    untried = {kind.type: missing for kind in KINDS if (missing := kind.properties - tried.get(kind.type, set()))}

    assert untried == {}

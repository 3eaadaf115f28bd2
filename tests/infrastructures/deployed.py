"""The deployed form of an infrastructure: its template, put into the lab through CloudFormation's API, and read again.

The template reaches the lab as a text, as it would reach AWS: nothing here resolves an intrinsic or knows a resource
type, and what is read afterwards are the answers of the services' own APIs.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from smsl.lab.account import REGION
from smsl.lab.stage import bare_session, fake_password
from smsl.model.report import Report
from smsl.model.snapshot import Snapshot
from smsl.sources.aws.capture import Capture, capture
from smsl.sources.aws.connection import Connection
from smsl.sources.aws.convert import convert
from smsl.sources.aws.request import Request, parse_target

HERE = Path(__file__).parent
NAMES = tuple(sorted(path.parent.name for path in HERE.glob("*/expected.json")))
PLACEHOLDERS = {
    "@@PASSWORD@@": fake_password(),
    "@@API_KEY@@": "sk_live_" + hashlib.sha256(b"an example, nobody's key").hexdigest()[:32],
}
"""Stand where a file would hold something like a password; the tests put what is made up here in their places."""
PATIENT = 60.0
"""Seconds for a reading, on a busy machine."""


class Stack(NamedTuple):
    """A deployed stack."""

    status: str
    """As DescribeStacks tells it, such as CREATE_COMPLETE."""
    resources: dict[str, tuple[str, str, str]]
    """By logical id: type, status and physical id of each resource, as DescribeStackResources tells them."""


def template_path(name: str) -> Path:
    """Return the path of an infrastructure's template."""
    (path,) = (HERE / name).glob("template.*")
    return path


def template_text(name: str) -> str:
    """Return an infrastructure's template with made-up passwords where they are wanted."""
    return filled(template_path(name).read_text(encoding="utf-8"))


def filled(text: str) -> str:
    """Put made-up passwords into a text."""
    for placeholder, value in PLACEHOLDERS.items():
        text = text.replace(placeholder, value)
    return text


def expected(name: str) -> dict[str, dict[str, Any]]:
    """Return by function, `name` or `name:alias`, the verdict, blocking layers and rules that an audit is to give."""
    functions: dict[str, dict[str, Any]] = json.loads((HERE / name / "expected.json").read_text())["functions"]
    return functions


def resources_of(text: str) -> dict[str, dict[str, Any]]:
    """Return a template's resources by logical id, intrinsics in their short form as what stands behind the tag.

    The conditions of these templates hold by their parameters' defaults, so that every resource is wanted.
    """
    resources: dict[str, dict[str, Any]] = yaml.load(text, _Untagged)["Resources"]  # noqa: S506  -- a SafeLoader
    return resources


def deploy(url: str, text: str, stack: str) -> Stack:
    """Create a stack in the lab at an address and return what became of it."""
    import boto3

    session = boto3.session.Session(region_name=REGION, botocore_session=bare_session())
    client = session.client("cloudformation", endpoint_url=url)
    client.create_stack(StackName=stack, TemplateBody=text, Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"])
    (described,) = client.describe_stacks(StackName=stack)["Stacks"]
    rows = client.describe_stack_resources(StackName=stack)["StackResources"]
    return Stack(
        described["StackStatus"],
        {
            row["LogicalResourceId"]: (row["ResourceType"], row["ResourceStatus"], row.get("PhysicalResourceId", ""))
            for row in rows
        },
    )


def captured(*functions: str) -> Capture:
    """Read functions of the account that the environment leads to, or all of them where none is named."""
    targets = tuple(parse_target(each) for each in functions)
    return capture(Request(targets, not targets, (REGION,)), Connection(deadline=PATIENT))


def snapshot(*functions: str) -> Snapshot:
    """Return the live snapshot of functions of the account that the environment leads to, or of all."""
    return convert(captured(*functions))


def judged(report: Report) -> dict[str, dict[str, Any]]:
    """Return a report in the shape of expected.json: each finding's rule, sorted, one entry for one finding."""
    return {
        subject.function.label: {
            "verdict": str(subject.verdict),
            "blocked_by": list(dict.fromkeys(layer for access in subject.accesses for layer in access.blocked_by)),
            "findings": sorted(
                finding.rule.id for finding in report.findings if finding.function == subject.function.qualified_arn
            ),
        }
        for subject in report.subjects
    }


class _Untagged(yaml.SafeLoader):
    """Reads CloudFormation's short forms as what stands behind the tag."""


def _behind(loader: yaml.SafeLoader, _suffix: str, node: yaml.Node) -> object:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_scalar(node)


_Untagged.add_multi_constructor("!", _behind)

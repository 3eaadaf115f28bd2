"""Stacks in a lab of their own: deployed, asked about, deleted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

Connect = Callable[..., Any]


@dataclass(frozen=True)
class Deployed:
    """A stack that stands."""

    template: str
    status: str
    reason: str
    resources: dict[str, dict[str, Any]]
    """Of DescribeStackResources, by logical id."""
    outputs: dict[str, str]


Deploy = Callable[..., Deployed]


@pytest.fixture
def deploy(lab: Any, connect: Connect) -> Deploy:
    """Return a function from a template to what became of it."""
    client = connect("cloudformation")
    lab.empty()

    def deployed(template: str, name: str = "stack", **more: Any) -> Deployed:
        client.create_stack(StackName=name, TemplateBody=template, Capabilities=["CAPABILITY_NAMED_IAM"], **more)
        (stack,) = client.describe_stacks(StackName=name)["Stacks"]
        rows = client.describe_stack_resources(StackName=name)["StackResources"]
        return Deployed(
            template,
            stack["StackStatus"],
            stack.get("StackStatusReason", ""),
            {row["LogicalResourceId"]: row for row in rows},
            {row["OutputKey"]: row["OutputValue"] for row in stack.get("Outputs", [])},
        )

    return deployed

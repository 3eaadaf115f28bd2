"""What a SAM connector allows the role of a function: reading and writing of the resources that it connects.

No connector grants a secret, a key or a parameter: of the actions that bear on these there is ``lambda:InvokeFunction``
only.

Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/reference-sam-connector.html
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from smsl.model.unknown import Maybe, Unknown

PLAIN = {
    "AWS::Serverless::Function": "AWS::Lambda::Function",
    "AWS::Serverless::SimpleTable": "AWS::DynamoDB::Table",
    "AWS::Serverless::StateMachine": "AWS::StepFunctions::StateMachine",
    "AWS::Serverless::Api": "AWS::ApiGateway::RestApi",
    "AWS::Serverless::HttpApi": "AWS::ApiGatewayV2::Api",
    "AWS::Serverless::GraphQLApi": "AWS::AppSync::GraphQLApi",
}
"""What SAM's types are expanded into before connectors are."""


@dataclass(frozen=True, slots=True)
class ConnectorGrant:
    """A managed policy for the role of a function."""

    role: Literal["source", "destination"]
    """Whose role it is attached to."""
    statements: tuple[Mapping[str, Any], ...]
    """As CloudFormation writes them, intrinsics unresolved."""


@dataclass(frozen=True, slots=True)
class Connectors:
    """The documented connections."""

    date: str
    """Of the release of AWS's own expansion that they were copied from: ``YYYY-MM-DD``."""
    source_url: str
    rows: Mapping[str, Any]
    """Types of source and destination, with a space between, to the function's side and the statements by category."""

    def grant(
        self, source: str, destination: str, permissions: Collection[str], names: Mapping[str, Any]
    ) -> Maybe[ConnectorGrant | None]:
        """Return what a connector allows the role of a function; None when it is another's role or policy.

        Args:
            source: The type of the source, SAM's or plain.
            destination: The type of the destination, SAM's or plain.
            permissions: ``Read``, ``Write`` or both.
            names: ``Source.Arn``, ``Destination.Arn``, ``Destination.Name``: text or an intrinsic, as far as they are
                to be had.

        Returns:
            Unknown, which names the types, where the table does not have them or a name that it takes is not given.
        """
        one, other = PLAIN.get(source, source), PLAIN.get(destination, destination)
        if f"{one} {other}" not in self.rows:
            return Unknown(f"a connector from {one} to {other} is not in the table of {self.date}")
        row = self.rows[f"{one} {other}"]
        if row is None:
            return None
        chosen = [each for category, listed in row["statements"].items() if category in permissions for each in listed]
        try:
            return ConnectorGrant(row["role"], tuple(_filled(statement, names) for statement in chosen))
        except KeyError as missing:
            return Unknown(f"a connector from {one} to {other} does not tell {missing.args[0]}")


@cache
def connectors() -> Connectors:
    """Return the shipped table; it is read once."""
    text = files("smsl.sources.cfn").joinpath("data", "sam_connectors.json").read_text(encoding="utf-8")
    table = json.loads(text)
    return Connectors(table["date"], table["source_url"], table["connectors"])


def _filled(node: Any, names: Mapping[str, Any]) -> Any:
    match node:
        case dict():
            return {key: _filled(value, names) for key, value in node.items()}
        case list():
            return [_filled(value, names) for value in node]
        case str():
            return _named(node, names)
        case _:
            return node


def _named(text: str, names: Mapping[str, Any]) -> Any:
    """Return a text with ``%{Source.Arn}`` and its like filled in.

    Raises:
        KeyError: A name that it holds is not given.
    """
    head, mark, rest = text.partition("%{")
    if not mark:
        return {"Fn::Sub": text} if "${" in text else text
    name, _, tail = rest.partition("}")
    if not head and not tail:
        return names[name]
    variable = name.replace(".", "")
    return {"Fn::Sub": [f"{head}${{{variable}}}{tail}", {variable: names[name]}]}

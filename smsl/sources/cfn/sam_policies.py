"""SAM's policy templates: a name and its parameters in a function's ``Policies`` stand for statements.

Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-templates.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from smsl.model.unknown import Maybe, Unknown


@dataclass(frozen=True, slots=True)
class PolicyTemplates:
    """The documented policy templates."""

    date: str
    """Of the release of AWS's own expansion that they were copied from: ``YYYY-MM-DD``."""
    source_url: str
    rows: Mapping[str, Any]
    """Name to ``parameters`` (a list of names) and ``statements``, with a parameter as ``{"Ref": name}``."""

    def __contains__(self, name: object) -> bool:
        return name in self.rows

    def statements(self, name: str, parameters: Mapping[str, Any]) -> Maybe[tuple[Mapping[str, Any], ...]]:
        """Return the statements that a template stands for.

        Args:
            name: The template's, as ``KMSDecryptPolicy``.
            parameters: Parameter to value, as the template of CloudFormation has it: text or an intrinsic. SAM takes no
                notice of those that the policy template does not have.

        Returns:
            Statements as CloudFormation writes them, with ``Ref`` and ``Fn::Sub`` unresolved; or Unknown, which names
            the template, where the table does not have it or a parameter has no value.
        """
        row = self.rows.get(name)
        if row is None:
            return Unknown(f"policy template {name} is not in the table of {self.date}")
        missing = [each for each in row["parameters"] if each not in parameters]
        if missing:
            return Unknown(f"policy template {name} is not told its {' and '.join(missing)}")
        given = {each: parameters[each] for each in row["parameters"]}
        return tuple(_filled(statement, given) for statement in row["statements"])


@cache
def policy_templates() -> PolicyTemplates:
    """Return the shipped table; it is read once."""
    text = files("smsl.sources.cfn").joinpath("data", "sam_policies.json").read_text(encoding="utf-8")
    table = json.loads(text)
    return PolicyTemplates(table["date"], table["source_url"], table["templates"])


def _filled(node: Any, given: Mapping[str, Any]) -> Any:
    """Return a part of a statement with the parameters' values; what stands in a value is the stack's own."""
    match node:
        case {"Ref": str(name), **others} if not others and name in given:
            return given[name]
        case dict():
            return {key: _filled(value, given) for key, value in node.items()}
        case list():
            return [_filled(value, given) for value in node]
        case _:
            return node

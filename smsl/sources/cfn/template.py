"""One template as it is written: its sections as nodes with lines."""

from __future__ import annotations

from dataclasses import dataclass, field

from smsl.model.errors import InputError
from smsl.sources.documents.json_tree import tree
from smsl.sources.documents.tree import (
    Allowance,
    LineError,
    Mapping,
    Node,
    Scalar,
    members,
    written,
)

LARGEST = 2_000_000
"""Characters; CloudFormation itself takes a megabyte.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
"""

_FREE, _TIMES = 250_000, 40
"""What a template may cost: characters and nodes, some of it for any and some for each of its characters."""


@dataclass(slots=True)
class Budget(Allowance):
    """What walking one template may cost; its error names the file."""

    file: str = ""

    def spend(self, amount: int) -> None:
        """Take `amount` away.

        Raises:
            InputError: Nothing is left.
        """
        self.left -= amount
        if self.left < 0:
            raise InputError(
                f"{self.file}: what the template refers to unfolds to far more than its text.",
                "Write it without aliases.",
            )


@dataclass(frozen=True, slots=True)
class TemplateFile:
    """A template as it was handed over."""

    name: str
    """As it was named on the command line."""
    text: str = field(repr=False)
    stack: str | None = None
    """The stack's name, where a cloud assembly says it."""
    account: str | None = None
    """Where the stack goes, where a cloud assembly says it."""
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Template:
    """A template's sections; one that is left out has no members."""

    file: str
    made_of: TemplateFile
    budget: Budget
    heaviest: int
    """Nodes that one value may unfold to."""
    sections: dict[str, Node] = field(repr=False)
    taken_apart: dict[str, dict[str, tuple[int, Node]]] = field(default_factory=dict, repr=False)

    def entries(self, section: str) -> dict[str, tuple[int, Node]]:
        """Return a section's members by name, each with its line."""
        if section not in self.taken_apart:
            self.taken_apart[section] = entries(self.sections.get(section), self.budget)
        return self.taken_apart[section]


def entries(node: Node | None, budget: Allowance) -> dict[str, tuple[int, Node]]:
    """Return an object's members by name, each with the line of its name; of equal members the last."""
    if not isinstance(node, Mapping) or node.tag:
        return {}
    return {key.text: (key.line, value) for key, value in members(node, budget)}


def parse(file: TemplateFile) -> Template:
    """Read a template.

    Raises:
        InputError: It is neither JSON nor YAML, or no template; the place is named, nothing quoted.
    """
    document = _document(file)
    budget = Budget(_FREE + _TIMES * len(file.text), file.name)
    sections = {name: node for name, (_, node) in entries(document, budget).items()}
    resources = sections.get("Resources")
    if not isinstance(document, Mapping) or resources is None:
        raise InputError(f"{file.name} is not a CloudFormation template: it has no Resources.")
    if not isinstance(resources, Mapping) or resources.tag:
        raise InputError(f"{file.name}, line {resources.line}: the Resources are not an object of logical ids.")
    if "AWSTemplateFormatVersion" not in sections and not _has_types(resources):
        raise InputError(f"{file.name} is not a CloudFormation template: no resource of it has a type of AWS's.")
    return Template(file.name, file, budget, _FREE + _TIMES * len(file.text), sections)


def _document(file: TemplateFile) -> Node | None:
    if len(file.text) > LARGEST:
        raise InputError(f"{file.name} is larger than any template: CloudFormation takes up to 1 MB.")
    refusal = None
    text = file.text.removeprefix("\ufeff")
    if text.lstrip()[:1] == "{":
        try:
            return tree(text)
        except LineError as error:
            refusal = error  # it may be YAML that begins with a brace
    from smsl.sources.documents.yaml_tree import trees

    try:
        return next(iter(trees(text)), None)
    except LineError as error:
        told = refusal or error
        raise InputError(f"{file.name}, line {told.line}: the text {told.problem}") from None
    except InputError as error:
        raise InputError(f"{file.name}: {error.message}") from None


def _has_types(resources: Mapping) -> bool:
    return any(
        isinstance(key, Scalar) and key.text == "Type" and (written(kind) or "").startswith(("AWS::", "Custom::"))
        for _, value in resources.pairs
        if isinstance(value, Mapping)
        for key, kind in value.pairs
    )

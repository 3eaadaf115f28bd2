"""Accounts and regions that a text writes down in ARNs, names of services and zones."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from smsl.sources.cfn.template import Template
from smsl.sources.documents.tree import Scalar, Sequence

_ARN = re.compile(r"arn:aws[a-z-]*:[a-z0-9-]+:([a-z0-9-]*):(\d{12}):(?!layer:)")
_REGION = r"(?:af|ap|ca|cn|eu|eusc|il|me|mx|sa|us|us-gov|us-iso|us-isob)-[a-z]{2,12}-\d"
_REGIONS = (
    re.compile(rf"arn:aws[a-z-]*:[a-z0-9-]+:({_REGION}):"),
    re.compile(rf"\bcom\.amazonaws\.({_REGION})\."),
    re.compile(rf"\b({_REGION})[a-z]\b"),
    re.compile(rf"\b({_REGION})\.amazonaws\.com"),
)


def accounts_in(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the account ids, the most frequent first; those of layers are mostly their publishers'."""
    return _ranked(found[2] for text in texts for found in _ARN.finditer(text))


def regions_in(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the regions, the most frequent first."""
    return _ranked(found[1] for text in texts for pattern in _REGIONS for found in pattern.finditer(text))


def written_in(template: Template) -> str:
    """Return all texts of a template, a line each, but for its ``Mappings``: these say what holds in each region."""
    waiting = [node for name, node in template.sections.items() if name not in {"Mappings", "Metadata", "Description"}]
    seen: set[int] = set()
    found: list[str] = []
    while waiting:
        node = waiting.pop()
        if isinstance(node, Scalar):
            if ":" in node.text or "-" in node.text:
                found.append(node.text)
        elif id(node) not in seen:
            seen.add(id(node))
            inside = node.items if isinstance(node, Sequence) else [value for _, value in node.pairs]
            waiting += inside
    return "\n".join(found)


def _ranked(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(each for each, _ in Counter(found).most_common())

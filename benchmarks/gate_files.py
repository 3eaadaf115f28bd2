"""Templates and plans of any number of functions, multiplied from an infrastructure of the tests.

Usage: gate_files.py TEMPLATE PLAN FUNCTIONS (writes both files)

Each function has a role with a policy of its own, and a secret; all secrets have the one customer key. CloudFormation
takes 500 resources in a template: one of 500 functions stands for what a monorepo's gate is given at once.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

MODEL = Path(__file__).parent.parent / "tests" / "infrastructures" / "02-customer-key"
_NAME = "invoices"
_SHARED = re.compile(r"Key|aws_kms_|data\.aws_(?!iam_)|\.trust\b")
"""What there is once: the key with its alias, what is read of the account, and whom the roles trust."""
_ADDRESS = re.compile(r"\b(?:data\.)?(?:aws|random)_\w+\.\w+")
_BLOCK = re.compile(r"^  (\w+):\n(?:(?:    .*)?\n)+", re.MULTILINE)
_SECTIONS = (("planned_values", "root_module", "resources"), ("resource_changes",), ("relevant_attributes",))
_CONFIGURED = ("configuration", "root_module", "resources")


def template(functions: int) -> str:
    """Return a template in YAML."""
    head, mark, body = (MODEL / "template.yaml").read_text(encoding="utf-8").partition("\nResources:\n")
    blocks = {block[1]: block[0].rstrip("\n") for block in _BLOCK.finditer(body)}
    once = [text for name, text in blocks.items() if _SHARED.match(name)]
    each = {name: text for name, text in blocks.items() if not _SHARED.match(name)}
    referred = re.compile(rf"(\A  |!Ref |!GetAtt |\$\{{)({'|'.join(each)})\b")
    copies = (
        referred.sub(rf"\g<0>{number:04}", text).replace(_NAME, f"{_NAME}-{number:04}")
        for number in range(functions)
        for text in each.values()
    )
    return head + mark + "\n\n".join([*once, *copies]) + "\n"


def plan(functions: int) -> str:
    """Return a plan as ``terraform show -json`` prints it: on one line."""
    model: dict[str, Any] = json.loads((MODEL / "plan.json").read_text(encoding="utf-8"))
    for section in (*_SECTIONS, _CONFIGURED):
        holder = model
        for member in section[:-1]:
            holder = holder[member]
        holder[section[-1]] = list(_multiplied(holder[section[-1]], functions))
    return json.dumps(model, separators=(",", ":"))


def _multiplied(entries: Iterable[Mapping[str, Any]], functions: int) -> Iterable[Mapping[str, Any]]:
    """Yield shared entries once and all others once for each function, each referring to its own."""
    own = [entry for entry in entries if not _SHARED.search(_address(entry))]
    yield from (entry for entry in entries if _SHARED.search(_address(entry)))
    texts = [json.dumps(entry) for entry in own]
    for number in range(functions):
        for entry, text in zip(own, texts, strict=True):
            copy = _referring(text, number)
            if "name" in entry:
                copy["name"] = f"{entry['name']}_{number:04}"
            yield copy


def _referring(text: str, number: int) -> dict[str, Any]:
    """Return an entry with the addresses and the names of one function."""

    def numbered(found: re.Match[str]) -> str:
        return found[0] if _SHARED.search(found[0]) else f"{found[0]}_{number:04}"

    copy: dict[str, Any] = json.loads(_ADDRESS.sub(numbered, text).replace(_NAME, f"{_NAME}-{number:04}"))
    return copy


def _address(entry: Mapping[str, Any]) -> str:
    return str(entry.get("address", entry.get("resource")))


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(template(int(sys.argv[3])), encoding="utf-8")
    Path(sys.argv[2]).write_text(plan(int(sys.argv[3])), encoding="utf-8")

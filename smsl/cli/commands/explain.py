"""``smsl explain``: what a rule means."""

from __future__ import annotations

import difflib
import inspect
import textwrap
from typing import Annotated, Optional

import typer
from tabulate import tabulate

from smsl.model.errors import SmslError


def command(
    rule: Annotated[
        Optional[str],  # noqa: UP045  -- typer reads the annotation when the program runs
        typer.Argument(metavar="RULE", help="A rule's id, or lab; without it, rules are listed.", show_default=False),
    ] = None,
) -> None:
    """Explain a rule, or what the lab assumes, or list all rules."""
    from smsl.checks import CHECKS

    rules = {check.RULE.id: check.RULE for check in CHECKS}
    if rule is None:
        by_severity = sorted(rules.values(), key=lambda each: (-each.severity, each.area, each.id))
        print(
            tabulate(
                [(each.id, str(each.severity), each.area.value, each.title) for each in by_severity],
                ("rule", "severity", "area", "what it says"),
                tablefmt="simple",
            )
        )
        return
    if rule.strip().lower() == "lab":
        _explain_lab()
        return
    found = rules.get(rule.strip().lower())
    if found is None:
        near = difflib.get_close_matches(rule.strip().lower(), rules, n=1, cutoff=0.4)
        step = f"Did you mean: smsl explain {near[0]}" if near else "smsl explain lists all rules."
        raise SmslError("There is no such rule.", step)
    print(f"{found.id} ({found.severity}, area {found.area}{', preview' if found.preview else ''}): {found.title}\n")
    print("\n\n".join(_paragraph(each) for each in inspect.cleandoc(found.doc).split("\n\n")))


def _explain_lab() -> None:
    from smsl.lab.assumptions import GROUPS

    print("What the embedded lab does otherwise than AWS, or as nobody has documented:")
    for name, group in GROUPS:
        print(f"\n{name}:")
        for _, sentence in group:
            print(textwrap.fill(sentence, 80, initial_indent="  - ", subsequent_indent="    "))


def _paragraph(text: str) -> str:
    """Return a docstring's paragraph for a terminal; addresses keep their lines."""
    shown = text.replace("``", "")
    return shown if "https://" in shown else textwrap.fill(shown, 80, break_long_words=False, break_on_hyphens=False)

"""Write the generated parts of README.md: command help, rules, the sample account, a real report.

Usage: python docs/generate.py (a test compares them with what stands in the README)
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from tabulate import tabulate

from smsl.checks import CHECKS
from smsl.lab.account import Lab, embedded
from smsl.lab.sample import SAMPLE
from smsl.sources.aws.calls import policy

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
TABLE = ROOT / "tests" / "audit" / "sample_account.json"
SMSL = str(Path(sys.executable).with_name("smsl"))


def run(lab: Lab | None, *arguments: str) -> str:
    """Return what a command prints, with the one figure that differs from run to run made the same."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment |= {"COLUMNS": "80", **(lab.environment if lab else {})}
    done = subprocess.run([SMSL, *arguments], env=environment, capture_output=True, text=True, check=False)
    return re.sub(r"\d+\.\d+ s\b", "0.5 s", done.stdout).rstrip()


def fenced(text: str) -> str:
    """Return a text as a code block."""
    return f"```\n{text}\n```"


def rules() -> str:
    """Return the table of rules, worst first."""
    ordered = sorted((check.RULE for check in CHECKS), key=lambda rule: (-int(rule.severity), rule.id))
    rows = [[f"`{rule.id}`", str(rule.severity), rule.area, rule.title] for rule in ordered]
    return tabulate(rows, ["rule", "severity", "area", "what it says"], tablefmt="github")


def sample_account() -> str:
    """Return the table of the sample account: what is wrong, and what smsl says."""
    expected = json.loads(TABLE.read_text())
    about = {function.name: function for function in SAMPLE}
    rows = []
    for name, row in expected.items():
        function = about[name.partition(":")[0]]
        broken = function.broken if row["verdict"] != "readable" or row["rules"] else ""
        layers, found = ", ".join(row["blocked_by"]), ", ".join(f"`{rule}`" for rule in row["rules"])
        rows.append([f"`{name}`", broken or "healthy", row["verdict"], layers, found])
    return tabulate(rows, ["function", "what is wrong", "verdict", "blocked by", "rules"], tablefmt="github")


def sections() -> dict[str, str]:
    """Return each generated part by the name of its marks."""
    with embedded() as lab:
        report = run(lab, "audit", "shipping")
    return {
        "report": fenced(f"$ smsl audit shipping\n{report}"),
        "help": fenced(f"$ smsl --help\n{run(None, '--help')}"),
        "rules": rules(),
        "sample": sample_account(),
        "permissions": ", ".join(f"`{action}`" for action in policy()["Statement"][0]["Action"]),
    }


def filled(page: str) -> str:
    """Return the page with each part between its marks."""
    for name, text in sections().items():
        pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end {name} -->)", re.DOTALL)
        page = pattern.sub(lambda found, text=text: f"{found[1]}\n{text}\n\n{found[2]}", page)
    return page


if __name__ == "__main__":
    README.write_text(filled(README.read_text()))

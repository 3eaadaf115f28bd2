"""Markdown: the answer first, and nothing from outside is markup; read back with a parser."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from smsl.model.finding import Dialect
from smsl.model.report import Report
from smsl.render import markdown
from smsl.render.fix import awscli

GOLDEN = Path(__file__).parent / "golden"
NAMES = [
    "readable",
    "blocked",
    "twice_blocked",
    "intermittent",
    "traced",
    "undecided",
    "unnamed",
    "many",
    "silenced",
    "compared",
    "nothing",
]
Reports = dict[str, Callable[[Callable[[str], str]], Report]]
PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
HTML = re.compile(r"<details>\n<summary>Fix of [a-z-]+</summary>\n|</details>\n?|<!-- -->")
PLAIN = {
    "heading_open", "heading_close", "paragraph_open", "paragraph_close", "inline", "text", "code_inline", "fence",
    "html_block", "html_inline", "table_open", "table_close", "thead_open", "thead_close", "tbody_open", "tbody_close",
    "tr_open", "tr_close", "th_open", "th_close", "td_open", "td_close",
}  # fmt: skip


def tokens(text: str) -> list[Token]:
    found = PARSER.parse(text)
    return [each for token in found for each in (token, *(token.children or ()))]


def shape(found: Sequence[Token]) -> list[str]:
    """Return the blocks in order: what hostile text must not change."""
    return [each.type for each in found if each.block]


@pytest.mark.parametrize("name", ["blocked", "undecided", "many", "silenced", "compared"])
def test_golden(name: str, reports: Reports) -> None:
    assert markdown.render(reports[name](str), exit_code=1) == (GOLDEN / f"{name}.md").read_text()


@pytest.mark.parametrize("name", NAMES)
def test_the_answer_comes_first(name: str, reports: Reports) -> None:
    report = reports[name](str)
    text = markdown.render(report)
    verdicts = [each.verdict.value.upper() for each in report.subjects] or ["NOTHING"]
    first = text.split("\n")[0].replace("\\", "")
    assert first.startswith("## ")
    assert first.removeprefix("## ").split(":")[0] in verdicts
    assert {each.type for each in tokens(text)} <= PLAIN


def test_a_fix_can_be_copied(reports: Reports) -> None:
    report = reports["blocked"](str)
    fences = [each.content for each in tokens(markdown.render(report)) if each.type == "fence"]
    fix = report.findings[0].fix
    assert fix is not None
    assert fences[:2] == [f"{awscli.render(fix)}\n", f"{awscli.render_undo(fix)}\n"]
    [hcl, *_] = [each for each in tokens(markdown.render(report, fix_as=Dialect.TERRAFORM)) if each.type == "fence"]
    assert hcl.info == "hcl"


def test_a_fix_is_shown_once(reports: Reports) -> None:
    report = reports["blocked"](str)
    again = replace(report, findings=report.findings * 2)
    assert markdown.render(again).count("<details>") == markdown.render(report).count("<details>") == 2


def test_a_suppressed_finding_is_a_number(reports: Reports) -> None:
    report = reports["readable"](str)
    quiet = tuple(replace(each, suppressed="agreed") for each in report.findings)
    text = markdown.render(replace(report, findings=quiet))
    assert "1 suppressed" in text
    assert "rotation-off" not in text


def test_a_summary_stays_below_the_limit(reports: Reports) -> None:
    report = reports["blocked"](lambda text: text + "@" * 300)
    first = report.findings[0]
    assert first.fix is not None
    many = tuple(
        replace(first, resource=f"r{number}", fix=replace(first.fix, summary=f"{number} " + "x" * 2000))
        for number in range(1000)
    )
    text = markdown.render(replace(report, findings=many, subjects=report.subjects * 1000))
    assert len(text.encode()) < 1024 * 1024
    assert re.search(r"^\d+ more findings: ", text, re.MULTILINE)
    assert re.search(r"^\d+ more with a fix: ", text, re.MULTILINE)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(max_size=20)
    | st.sampled_from(
        ["|", "`", "```", "\n```\n", "</details>", "<script>", "@team", "[a](https://b)", "https://x.org", "www.x.org",
         "\n## x", "\n::error::x", "##[error]", "![i](x)", "\x1b[2J", "\u202e", "\ud800", "\\", "\\|", "<!--"]
    )
)  # fmt: skip
def test_hostile_text_is_no_markup(reports: Reports, hostile: str) -> None:
    for make, dialect in itertools.product(
        (reports["blocked"], reports["undecided"], reports["many"], reports["silenced"], reports["compared"]), Dialect
    ):
        text = markdown.render(make(lambda name: name + hostile), fix_as=dialect)
        found = tokens(text)
        assert shape(found) == shape(tokens(markdown.render(make(lambda name: name + "x"), fix_as=dialect)))
        assert {each.type for each in found} <= PLAIN
        assert all(HTML.fullmatch(each.content) for each in found if each.type.startswith("html"))
        assert not any(re.search(r"@\w|www\.|://", each.content) for each in found if each.type == "text")
        assert text.replace("\n", "").isprintable()
        assert "##[" not in text
        assert not any(line.lstrip().startswith("::") for line in text.split("\n"))

"""The audit as Markdown, for a job's summary or a comment: the answer, the functions, the findings, the fixes.

GitHub refuses a summary of more than 1024 KiB as a whole: what would go beyond is counted instead of shown.

Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#adding-a-job-summary
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tabulate import tabulate

from smsl.model.evidence import Subject, Verdict
from smsl.model.finding import Dialect, Finding, Fix
from smsl.model.report import Report
from smsl.render.fix import awscli, written
from smsl.render.footer import places
from smsl.render.headline import ORDER, headline, several, single
from smsl.render.neutral import markdown, markdown_code
from smsl.render.page import counted, listed
from smsl.render.place import named, weight
from smsl.render.questions import secret_name
from smsl.render.remedy import sentence
from smsl.render.silenced import baseline_line, counted_suppressed, suppression_lines

_ROWS = 200
"""Of a table at most."""
_TABLE = 200_000
"""Bytes of a table at most."""
_BYTES = 800_000
"""With more than these no further block is added."""
_CELL = 400
"""Characters of a message in a table."""
_LINE = 1_000_000
"""A width at which nothing is wrapped."""


def render(report: Report, *, fix_as: Dialect = Dialect.AWSCLI, exit_code: int | None = None) -> str:
    """Return the audit as GitHub's Markdown with a final line end.

    Args:
        report: What the audit answered.
        fix_as: What fixes are written in.
        exit_code: What the command will exit with; None leaves it out.
    """
    subjects = sorted(report.subjects, key=lambda each: (ORDER[each.verdict], each.function.label))
    findings = sorted((each for each in report.findings if each.suppressed is None), key=lambda each: -each.severity)
    blocks = [*_answer(subjects), *_functions(subjects), *_findings(findings, report)]
    size, left = sum(len(each.encode()) for each in blocks), 0
    for block in _fixes(findings, fix_as):
        size += len(block.encode())
        if size > _BYTES:
            left += 1
        else:
            blocks.append(block)
    if left:
        blocks.append(f"{left} more with a fix: `smsl audit --format json` has them all.")
    return "\n\n".join([*blocks, *_footer(report, exit_code)]) + "\n"


def _answer(subjects: Sequence[Subject]) -> list[str]:
    if not subjects:
        return ["## NOTHING: no function was audited"]
    lines = single(subjects[0], _LINE) if len(subjects) == 1 else several(subjects, _LINE)
    word, _, rest = lines[0].partition(" ")
    more = [markdown(line.strip()) for line in lines[1:]]
    return [f"## {markdown(word)}: {markdown(rest.strip())}", *more]


def _functions(subjects: Sequence[Subject]) -> Iterator[str]:
    rows = []
    for subject in subjects[:_ROWS]:
        layers = listed((layer for access in subject.accesses for layer in access.blocked_by), limit=8)
        secrets = listed(secret_name(each) for each in subject.accesses if each.verdict is subject.verdict)
        why = "" if subject.verdict is Verdict.NO_SECRET_NAMED else headline(subject)
        rows.append(
            (markdown_code(subject.function.label), subject.verdict.value, _text(secrets), _text(layers), _text(why))
        )
    yield from _table(rows, ("function", "verdict", "secret", "blocked by", "why"), len(subjects), "function")


def _findings(findings: Sequence[Finding], report: Report) -> Iterator[str]:
    rows = [
        (
            weight(each),
            markdown_code(each.rule.id),
            markdown_code(named(each, report)),
            _text(each.message),
            _place(each),
        )
        for each in findings[:_ROWS]
    ]
    yield from _table(rows, ("severity", "rule", "function", "what", "where"), len(findings), "finding")


def _table(rows: Sequence[Sequence[str]], header: Sequence[str], total: int, noun: str) -> Iterator[str]:
    text = tabulate(rows, header, tablefmt="github", disable_numparse=True)
    while len(text.encode()) > _TABLE:
        rows = rows[: len(rows) // 2]
        text = tabulate(rows, header, tablefmt="github", disable_numparse=True)
    if rows:
        yield text
    if total > len(rows):
        yield f"{counted(total - len(rows), f'more {noun}')}: `smsl audit --format json` has them all."


def _place(finding: Finding) -> str:
    return markdown_code(str(finding.location or finding.resource))


def _fixes(findings: Sequence[Finding], dialect: Dialect) -> Iterator[str]:
    """Yield each fix once, folded."""
    shown: set[str] = set()
    for finding in findings:
        if finding.fix is None:
            continue
        block = _fix(finding.fix, dialect)
        if block not in shown:
            shown.add(block)
            yield f"<details>\n<summary>Fix of {finding.rule.id}</summary>\n\n{block}\n\n</details>"


def _fix(fix: Fix, dialect: Dialect) -> str:
    turns = f" Assessed again with it: {markdown(fix.turns)}." if fix.turns else ""
    blocks = [markdown(sentence(fix.summary)) + turns]
    if fix.steps:
        blocks.append(_fenced(written.steps(fix, dialect), dialect))
    if fix.undo:
        words = written.undo_in_words(fix, dialect)
        blocks.append(f"Undo: {markdown(words)}" if words else f"Undo:\n\n{_fenced(awscli.render_undo(fix), dialect)}")
    if fix.no_undo:
        blocks.append(f"No undo: {markdown(fix.no_undo)}")
    blocks += [f"Mind: {markdown(note)}" for note in fix.notes]
    if fix.ways:
        blocks.append("Then read it in one of these ways:")
        blocks += [f"- {markdown(way)}" for way in fix.ways]
    if fix.later:
        later = _fenced(written.later(fix, dialect), dialect)
        blocks.append(f"Later, once the deployed code reads it:\n\n{later}")
    return "\n\n".join(blocks)


def _fenced(text: str, dialect: Dialect) -> str:
    """Return commands or blocks as they stand, in a fence that nothing in them closes."""
    fence = "`" * max([3, *(len(run) + 1 for run in re.findall("`+", text))])
    return f"{fence}{written.LANGUAGES[dialect]}\n{text}\n{fence}"


def _footer(report: Report, exit_code: int | None) -> Iterator[str]:
    for gap in report.gaps[:_ROWS]:
        known = "" if gap in report.new_gaps else " (known from the baseline)"
        yield f"Not read{known}: {markdown(f'{gap.call}: {gap.error} (needs {gap.needs})')}"
    for text in dict.fromkeys(f"{each.text} (needs {each.needs})" for each in report.assumptions):
        yield f"Assumed: {markdown(text)}"
    told = list(suppression_lines(report))
    yield from map(markdown, told[:_ROWS])
    if len(told) > _ROWS:
        yield f"{len(told) - _ROWS} more: `smsl audit --format json` has them all."
    yield from map(markdown, baseline_line(report))
    suppressed = counted_suppressed(report)
    source = report.source
    where = [*places(source)]
    parts = [f"{report.left_out} left out."] if report.left_out else []
    parts += [f"{suppressed} suppressed."] if suppressed else []
    parts += [f"{', '.join(where)}."] if where else []
    parts += [f"exit {exit_code}"] if exit_code is not None else []
    if parts:
        yield markdown(" ".join(parts))


def _text(text: str) -> str:
    return markdown(text if len(text) <= _CELL else f"{text[: _CELL - 3]}...")

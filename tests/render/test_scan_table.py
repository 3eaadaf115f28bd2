"""The table of a scan: eighty columns, harmless text, a last line that says what to do."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from smsl.model.scan import Missed, Scan, Scanned
from smsl.model.variable import Confidence, EnvironmentVariable, Leak
from smsl.render.scan_table import render

GOLDEN = """\
variable          where              kind          confidence  place
----------------  -----------------  ------------  ----------  -----------------
DB_PASSWORD       serverless.yml:12  password      high
ORDERS_DATABASE_  deploy/production  url-password  medium      password of the
CONNECTION_URL    /.env:3                                      URL

2 of 9 variables in 2 files hold a secret in plain text. 1 debatable one not
shown (--debatable). 1 place could not be read: the answer is not complete.
Next: keep each value in Secrets Manager, put the secret's ARN in its place, and
change the value that was exposed: it stays in the history of the file. More:
smsl explain plaintext-secret
"""


def leak(name: str, file: str | None, line: int | None, kind: str = "password", **more: Any) -> Scanned:
    sure = more.pop("confidence", Confidence.HIGH)
    return Scanned(EnvironmentVariable(name, Leak(kind, sure, more.pop("place", None)), 9), file, line, **more)


LEAKS = (
    leak("DB_PASSWORD", "serverless.yml", 12),
    leak("X", "serverless.yml", 13, confidence=Confidence.LOW),
    leak("ORDERS_DATABASE_CONNECTION_URL", "deploy/production/.env", 3, "url-password",
         place="password of the URL", confidence=Confidence.MEDIUM),
)  # fmt: skip


def test_golden() -> None:
    assert render(Scan(LEAKS, (Missed("Line 1 is not JSON.", "a", 1),), 9, 2)) == GOLDEN


def test_debatable_ones_on_request() -> None:
    shown = render(Scan(LEAKS, (), 9, 2), debatable=True)
    assert "serverless.yml:13" in shown
    assert "debatable" not in shown


def test_nothing_found_is_one_line() -> None:
    assert render(Scan((), (), 1, 1)) == "No secret in plain text in 1 variable of 1 file.\n"


def test_what_an_alias_repeats_is_shown_once() -> None:
    shown = render(Scan((leak("A", "x", 1, owner="f"), leak("A", "x", 1, owner="g")), (), 2, 1))
    assert shown.count("x:1") == 1
    assert "2 of 2 variables in 1 file hold a secret in plain text, at 1 place: aliases" in shown


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(*[st.text(max_size=120)] * 4), min_size=1, max_size=5))
def test_any_text_stays_in_eighty_printable_columns(rows: list[tuple[str, ...]]) -> None:
    leaks = tuple(leak(name, file, 1, kind, place=place) for name, file, kind, place in rows)
    for line in render(Scan(leaks, (), 9, 1)).rstrip("\n").split("\n"):
        assert len(line) <= 80
        assert line.isprintable()

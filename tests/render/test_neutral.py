"""Text from outside never comes out raw."""

from __future__ import annotations

import json
import re
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smsl.render import neutral

HOSTILE = st.text(
    st.one_of(
        st.sampled_from("\x1b\x07\x9b\n\r\t\x7f\u202e\u2066\u200b\u2028[]()`*_|<>&@#:$;'\"\\!~={}%,-"),
        st.characters(exclude_categories=["Cs"], exclude_characters="\x00"),
    )
) | st.sampled_from(
    ["::set-output name=a::b", "a ::error::x", "##[error]x", "[bold]x[/]", "$(id)", "www.x.org", "@all"]
)


@settings(deadline=None)
@given(HOSTILE)
def test_a_terminal_gets_printable_characters_and_no_command(text: str) -> None:
    shown = neutral.terminal(text)
    assert shown.isprintable()
    assert re.match(r"\s*::(?!/\d)", shown) is None
    assert "##[" not in shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("arn:aws:iam::123456789012:role/a", "arn:aws:iam::123456789012:role/a"),
        ("a\x1b[31mb", r"a\x1b[31mb"),
        ("a\u202eb", r"a\u202eb"),
        ("a\nb", r"a\x0ab"),
        ("\U000e0041", r"\U000e0041"),
        ("::stop::", r"\x3a:stop::"),
        ("allows tcp 443 to ::/0", "allows tcp 443 to ::/0"),
        ("x ##[group]", r"x \x23#[group]"),
        ("Größe 日本", "Größe 日本"),
    ],
)
def test_the_terminal_shows_what_was_there(text: str, shown: str) -> None:
    assert neutral.terminal(text) == shown


@settings(deadline=None)
@given(HOSTILE)
def test_rich_prints_it_literally(text: str) -> None:
    from rich.text import Text

    shown = neutral.terminal(text)
    shown = f"{shown[:-1]}\\x5c" if shown.endswith("\\") else shown
    assert Text.from_markup(neutral.rich(text), emoji=False).plain == shown
    assert Text.from_markup(f"{neutral.rich(text)}[bold]x[/bold]", emoji=False).plain == f"{shown}x"


@settings(deadline=None)
@given(HOSTILE)
def test_a_workflow_command_stays_on_its_line(text: str) -> None:
    data, name = neutral.workflow_data(text), neutral.workflow_property(text)
    assert "\n" not in data
    assert "\r" not in data
    assert re.fullmatch(r"[^:,\r\n]*", name)
    assert re.sub(r"%0A|%0D|%25", "", data).count("%") == 0


@settings(deadline=None)
@given(HOSTILE)
def test_markdown_has_no_bare_markup(text: str) -> None:
    shown = neutral.markdown(text).replace("<!-- -->", "\0")
    assert (
        re.sub(r"\\[!-/:-@\[-`{-~]", "", shown).translate(str.maketrans("", "", ":,;/'\"?%")).isprintable()
        or "\0" in shown
    )
    bare = re.sub(r"\\.", "", shown)
    assert not re.search(r"[`*_\[\]<>|~]", bare)
    assert not re.search(r"(?i)@\w|://|www\.", bare)


@pytest.mark.parametrize("text", ["a`b", "``", "`a", "a|b", "", "x``y```z"])
def test_a_code_span_ends_where_it_should(text: str) -> None:
    from markdown_it import MarkdownIt

    found = MarkdownIt().parseInline(neutral.markdown_code(text))[0].children or []
    assert [token.type for token in found] == ["code_inline"]
    assert found[0].content.strip() == neutral.terminal(text).replace("|", "\\x7c")


def test_the_shell_sees_one_word() -> None:
    words = [
        "a b",
        "it's",
        "$(touch x)",
        "`id`",
        "!!",
        "a\nb",
        "a\x1b]0;x\x07",
        "\u202ex",
        "back\\slash'\x1b",
        "##[error]",
        "##[x]'\\",
        "::add-mask::x",
        "=ls",
        "",
        "-x",
        "Größe",
    ]
    quoted = [neutral.shell(word) for word in words]
    assert all(word.isprintable() and "##[" not in word and not word.startswith("::") for word in quoted)
    printed = subprocess.run(
        ["bash", "-c", f"printf '%s\\0' {' '.join(quoted)}"], capture_output=True, check=True
    ).stdout
    assert printed.decode().split("\0")[:-1] == words


@settings(deadline=None)
@given(st.recursive(HOSTILE, lambda inner: st.lists(inner) | st.dictionaries(HOSTILE, inner), max_leaves=8))
def test_json_means_the_same_and_is_harmless(value: object) -> None:
    text = neutral.json_text(value, indent=2)
    assert json.loads(text) == value
    assert "##[" not in text
    assert text.replace("\n", "").isprintable()
    assert not any(line.lstrip().startswith("::") for line in text.split("\n"))

"""Every provider's form is recognised under a name that says nothing, and its examples are not."""

from __future__ import annotations

import random
import re

import pytest

from smsl.leaks.classify import classify, flagged
from smsl.leaks.formats import example, provider_of
from smsl.leaks.providers import FORMS
from smsl.model.variable import Confidence, Leak

EXPECTED = [pytest.param(kind, form, id=f"{kind}-{number}") for number, (kind, form, _) in enumerate(FORMS)]
PIECE = re.compile(r"\{[a-zA-Z][0-9-]+\}")


@pytest.mark.parametrize(("kind", "form"), EXPECTED)
def test_form_is_recognised(kind: str, form: str) -> None:
    token = example(form)
    assert provider_of(token) == kind
    [variable] = classify({"ITEM_7": token})
    assert isinstance(variable.holds, Leak)
    assert variable.holds.confidence is Confidence.HIGH


@pytest.mark.parametrize(("kind", "form"), [each for each in EXPECTED if not str(each.values[1]).startswith("{")])
def test_example_of_a_form_is_none(kind: str, form: str) -> None:
    filler = PIECE.sub(lambda piece: "x" * int(re.findall(r"[0-9]+", piece[0])[0]), form)
    assert provider_of(filler) is None
    assert flagged(classify({"API_KEY": filler})[0]) is None


def test_no_form_is_a_token_and_all_have_a_source() -> None:
    assert len({form for _, form, _ in FORMS}) == len(FORMS)
    for kind, form, source in FORMS:
        assert PIECE.search(form), kind
        assert source, kind
        assert provider_of(form) is None


def test_words_with_a_provider_prefix_are_no_tokens() -> None:
    source = random.Random(5)  # noqa: S311  -- the same words every time
    words = ["orders", "checkout", "table", "handler", "bucket", "region", "service", "queue"]
    for start in ("sk-", "key-", "live_", "test_", "pat", "re_", "s.", "EAA", "00", "fn", "cio", "lin_", "API-"):
        text = start + "-".join(source.choices(words, k=5))
        assert provider_of(text) is None, start

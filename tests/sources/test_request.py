"""Which function a text names."""

from __future__ import annotations

import pytest

from smsl.model.errors import InputError, SmslError
from smsl.sources.aws.capture import load
from smsl.sources.aws.request import Target, parse_target


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("checkout", Target("checkout")),
        ("checkout:live", Target("checkout", "live")),
        ("checkout:42", Target("checkout", "42")),
        ("checkout:$LATEST", Target("checkout", "$LATEST")),
        ("123456789012:function:checkout", Target("checkout", None, None, "123456789012")),
        ("123456789012:function:checkout:live", Target("checkout", "live", None, "123456789012")),
        (
            "arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:checkout:7",
            Target("checkout", "7", "us-gov-west-1", "123456789012"),
        ),
    ],
)
def test_a_name_in_every_spelling(text: str, target: Target) -> None:
    assert parse_target(text) == target


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a b",
        "a:b:c",
        "arn:aws:s3:::bucket",
        "arn:aws:lambda:eu-west-1:12:function:x",
        "x:",
        ":x",
        "a" * 141,
        "\x1b[31mx",
    ],
)
def test_what_names_no_function_is_refused(text: str) -> None:
    with pytest.raises(SmslError):
        parse_target(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"schema": "smsl.capture/2"}',
        '{"schema": "smsl.capture/1"}',
        "[" * 5000,
        '{"schema": 1, "facts": "ѢѢѢ"}',
    ],
)
def test_what_is_no_capture_is_refused_without_its_text(text: str) -> None:
    with pytest.raises(InputError) as caught:
        load(text)

    assert "ѢѢѢ" not in str(caught.value)

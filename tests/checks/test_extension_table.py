"""The shipped table of extension layers, which extension-outdated and its neighbours rest on."""

from __future__ import annotations

import pytest

from smsl.model.arn import parse_arn
from smsl.sources.tables import NOT_SETTLED, ExtensionLayer, extension_layers

TABLE = extension_layers()
NAME = "AWS-Parameters-and-Secrets-Lambda-Extension"


def test_the_table_is_dated_and_read_once() -> None:
    assert TABLE.date == "2026-07-28"
    assert TABLE.source_url.startswith("https://docs.aws.amazon.com/")
    assert extension_layers() is TABLE


def test_every_layer_names_its_own_region_and_account() -> None:
    assert len(TABLE.accounts) == 39
    assert len(TABLE.layers) == 77
    for (region, architecture), arn in TABLE.layers.items():
        layer, parsed = TABLE.is_extension(arn), parse_arn(arn)
        assert layer is not None
        assert parsed is not None
        assert (layer.region, layer.architecture, layer.known) == (region, architecture, True)
        assert parsed.partition == _partition(region)


def _partition(region: str) -> str:
    starts = {"cn-": "aws-cn", "us-gov-": "aws-us-gov", "eusc-": "aws-eusc"}
    return next((name for start, name in starts.items() if region.startswith(start)), "aws")


def test_latest() -> None:
    assert TABLE.latest("eu-west-1", "arm64") == f"arn:aws:lambda:eu-west-1:015030872274:layer:{NAME}-Arm64:101"
    assert TABLE.latest("eusc-de-east-1", "arm64") is None
    assert TABLE.latest("nowhere-1", "x86_64") is None


@pytest.mark.parametrize(
    ("arn", "expected"),
    [
        (f"arn:aws:lambda:us-east-1:177933569100:layer:{NAME}:11", ("us-east-1", "x86_64", 11, "177933569100", True)),
        (f"arn:aws:lambda:us-east-1:111111111111:layer:{NAME}:3", ("us-east-1", "x86_64", 3, "111111111111", False)),
        (f"arn:aws:lambda:eu-west-1:1:layer:{NAME}:⟪parameter V⟫", ("eu-west-1", "x86_64", NOT_SETTLED, "1", False)),
        (f"arn:aws:lambda:us-east-1:177933569100:layer:{NAME}", None),
        (f"arn:aws:lambda:us-east-1:177933569100:layer:{NAME}:latest", None),
        (f"arn:aws:lambda:us-east-1:177933569100:layer:{NAME}-Arm:1", None),
        ("arn:aws:lambda:us-east-1:177933569100:layer:other:1", None),
        ("no arn", None),
    ],
)
def test_is_extension(arn: str, expected: tuple[str, str, int, str, bool] | None) -> None:
    assert TABLE.is_extension(arn) == (None if expected is None else ExtensionLayer(*expected))

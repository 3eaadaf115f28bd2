"""Data classes whose methods are compiled when they are called are the same data classes."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest

from smsl.cli.later import compile_when_called


@pytest.fixture
def make() -> Iterator[Any]:
    """Return what makes a class while compiling is put off; afterwards the library is as it was."""
    before = getattr(dataclasses, "_create_fn", None)
    compile_when_called()

    def made() -> Any:
        @dataclasses.dataclass(frozen=True, slots=True)
        class Point:
            x: int
            y: int = 2
            names: tuple[str, ...] = dataclasses.field(default=(), repr=False)

            def __post_init__(self) -> None:
                if self.x < 0:
                    raise ValueError("negative")

        return Point

    yield made
    if before is not None:
        dataclasses._create_fn = before  # type: ignore[attr-defined]


def test_they_are_the_same(make: Any) -> None:
    point = make()
    one, same, other = point(1), point(x=1, y=2), point(1, 3)
    assert one == same != other
    assert hash(one) == hash(same)
    assert repr(one).endswith("Point(x=1, y=2)")
    assert dataclasses.replace(one, y=3) == other
    assert dataclasses.astuple(one) == (1, 2, ())
    assert len({one, same, other}) == 2
    with pytest.raises(dataclasses.FrozenInstanceError):
        one.x = 5
    with pytest.raises(dataclasses.FrozenInstanceError):
        del one.x
    with pytest.raises(TypeError):
        point()
    with pytest.raises(ValueError, match="negative"):
        point(-1)


def test_a_method_is_compiled_once(make: Any) -> None:
    point = make()
    put_off = point.__init__
    point(1)
    assert point.__init__ is not put_off or not hasattr(dataclasses, "_create_fn")
    compiled = point.__init__
    point(2)
    assert point.__init__ is compiled

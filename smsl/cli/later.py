"""Compile the methods of data classes when they are first called.

The nouns are some two hundred frozen data classes, and the library compiles half a dozen methods for each of them while
it is imported: more than a third of what a short audit costs, for methods of which most are never called. Before Python
3.13 each method is compiled by one private function, which is put off here; where that is another, nothing is.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

_COMPILER = "_create_fn"


def compile_when_called() -> None:
    """Put off what the library compiles for data classes that are made from now on, in this process."""
    compiler: Callable[..., Any] | None = getattr(dataclasses, _COMPILER, None)
    if compiler is not None:
        setattr(dataclasses, _COMPILER, _putting_off(compiler))


def _putting_off(compiler: Callable[..., Any]) -> Callable[..., Any]:
    def put_off(name: str, *arguments: Any, **options: Any) -> Callable[..., Any]:
        compiled: Callable[..., Any] | None = None

        def method(self: Any, *given: Any, **named: Any) -> Any:
            nonlocal compiled
            if compiled is None:
                compiled = compiler(name, *arguments, **options)
                compiled.__qualname__ = method.__qualname__
                for owner in type(self).__mro__:
                    if owner.__dict__.get(name) is method:
                        type.__setattr__(owner, name, compiled)  # later calls go to it at once
            return compiled(self, *given, **named)

        method.__name__ = name
        return method

    return put_off

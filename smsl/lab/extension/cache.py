"""What the extension keeps: items by key, for a time to live that is checked when they are read.

Nothing refreshes by itself, and nothing is told of a rotation: the old value is served until its time is over.

Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/retrieving-secrets_lambda.html
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from smsl.lab.extension.clock import Clock

Key = tuple[str, ...]


class _Flight:
    """A fetch that is under way, and what comes of it."""

    __slots__ = ("broken", "landed", "value")

    def __init__(self) -> None:
        self.landed = threading.Event()
        self.value = b""
        self.broken: BaseException | None = None


class Cache:
    """At most so many items; the one that was not read for longest goes first."""

    def __init__(self, size: int, clock: Clock) -> None:
        self._size = size
        self._clock = clock
        self._items: dict[Key, tuple[bytes, float]] = {}
        """Item and the moment at which it was kept, by key; the latest read last."""
        self._flights: dict[Key, _Flight] = {}
        self._lock = threading.Lock()

    def read(self, key: Key, ttl: int, fetch: Callable[[], bytes]) -> bytes:
        """Return the item, fetched anew when there is none that is younger than its time to live, in seconds.

        Whoever asks for what is being fetched waits for it, and shares its failure. Where nothing may be kept, each
        fetches for itself.
        """
        if not self._size or not ttl:
            return fetch()
        with self._lock:
            held = self._items.pop(key, None)
            if held is not None and self._clock.now() - held[1] < ttl:
                self._items[key] = held
                return held[0]
            flight = self._flights.get(key)
            leads = flight is None
            if flight is None:
                flight = self._flights[key] = _Flight()
        if leads:
            self._fly(key, flight, fetch)
        flight.landed.wait()
        if flight.broken is not None:
            raise flight.broken
        return flight.value

    def _fly(self, key: Key, flight: _Flight, fetch: Callable[[], bytes]) -> None:
        try:
            flight.value = fetch()
        except BaseException as broken:  # noqa: BLE001 - whatever it is, those who wait must not wait for ever
            flight.broken = broken
        with self._lock:
            del self._flights[key]
            if flight.broken is None:
                self._items[key] = flight.value, self._clock.now()
                while len(self._items) > self._size:
                    del self._items[next(iter(self._items))]
        flight.landed.set()

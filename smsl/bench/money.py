"""Amounts as all texts write them."""

from __future__ import annotations

_CENT = 0.01


def money(amount: float, currency: str) -> str:
    """Return an amount of a currency of three letters; a small one keeps a digit that is not zero."""
    digits = f"{amount:.2g}" if 0 < amount < _CENT else f"{amount:,.2f}"
    return f"${digits}" if currency == "USD" else f"{currency} {digits}"

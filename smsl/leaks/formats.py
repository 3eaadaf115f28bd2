"""Recognise what a provider gave out by its form alone, whatever its variable is called."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from typing import TypeAlias

from smsl.leaks import providers
from smsl.leaks.shapes import drawn

_CLASSES = {
    "d": "0-9", "h": "0-9a-f", "H": "0-9A-Fa-f", "a": "a-z0-9", "A": "A-Z0-9", "w": "A-Za-z0-9", "u": "A-Za-z0-9_-",
    "b": "A-Za-z0-9+/=", "q": "A-Za-z0-9._=-", "T": "A-Za-z0-9._~-", "r": "A-Za-z0-9%", "x": "A-Z2-7",
}  # fmt: skip
_PIECE = r"\{([a-zA-Z])([0-9]+)(-?)([0-9]*)\}"
_Row: TypeAlias = tuple[str, str, tuple[str, str]]
"""Kind, form, and the form's fixed text: at its start, and the longest anywhere in it."""
_SHORTEST = 14
_LONGEST = 1 << 16
_MIXED = 6
"""Different signs that what follows the fixed text must have: ``ghp_xxxx`` is an example of the form."""
_FILLED = r"([^A])\1{9}"
"""The same sign ten times over; base64 has long runs of A alone."""
_ORDINARY = frozenset({
    "secret-key", "voyage-key", "modal-secret", "okta-token", "fauna-key", "airtable-key", "facebook-token",
    "cargo-token",
    "discord-bot-token", "dropbox-token", "nuget-key", "artifactory-key", "adyen-key", "fireworks-key",
    "pagerduty-key",
    "linkedin-token", "storyblok-token", "linode-token", "scaleway-key", "turso-token", "ngrok-token", "exa-key",
    "customerio-key", "resend-key", "mollie-key", "gocardless-token", "webhook-signing-secret", "vault-token",
    "neon-password",
    "highlight-key", "yandex-token", "cursor-key", "octopus-key", "tailscale-key", "notion-token",
})  # fmt: skip
"""Kinds whose fixed text is short or ordinary: what follows must also look drawn at random."""


def provider_of(text: str) -> str | None:
    """Return the kind of credential that the whole of a text has the form of; None if it has no known form."""
    if not _SHORTEST <= len(text) <= _LONGEST or " " in text:
        return None
    by_start, anywhere = _indexed()
    for kind, form, fixed in [*by_start.get(text[:2], []), *anywhere]:
        if text.startswith(fixed[0]) and fixed[1] in text and has_form(text, form):
            body = text[len(fixed[0]) :]
            if len(set(body)) >= _MIXED and not re.search(_FILLED, body) and (kind not in _ORDINARY or drawn(body)):
                return kind
    return None


def has_form(text: str, form: str) -> bool:
    """Tell whether the whole of a text has a form, written as in `smsl.leaks.providers`."""
    return bool(_pattern(form).fullmatch(text))


def example(form: str, draw: int = 0) -> str:
    """Return a made-up text of a form; it is nobody's.

    Args:
        form: Text with pieces as in `smsl.leaks.providers`.
        draw: Which of its examples: the same number, the same text.
    """
    import random

    source = random.Random(f"{form}{draw or ''}")  # noqa: S311  -- an example, not a secret

    def fill(piece: re.Match[str]) -> str:
        signs = [chr(code) for code in range(33, 127) if re.match(f"[{_CLASSES[piece[1]]}]", chr(code))]
        plain = [sign for sign in signs if sign.isalnum()]
        return "".join(source.choice(plain) for _ in range(int(piece[2])))

    return re.sub(_PIECE, fill, form)


@cache
def _pattern(form: str) -> re.Pattern[str]:
    parts: list[str] = []
    end = 0
    for piece in re.finditer(_PIECE, form):
        least, open_ended, most = piece[2], piece[3], piece[4]
        parts.append(re.escape(form[end : piece.start()]))
        parts.append(f"[{_CLASSES[piece[1]]}]{{{least}{',' if open_ended else ''}{most}}}")
        end = piece.end()
    return re.compile("".join(parts) + re.escape(form[end:]))


def _fixed(form: str) -> tuple[str, str]:
    """Return the fixed text at a form's start, and the longest anywhere in it."""
    pieces = re.split(r"\{[a-zA-Z][0-9-]+\}", form)
    return pieces[0], max(pieces, key=len)


@cache
def _indexed() -> tuple[dict[str, list[_Row]], list[_Row]]:
    """Return the rows of the table by their first two signs, and those that begin with anything."""
    starts: defaultdict[str, list[_Row]] = defaultdict(list)
    anywhere: list[_Row] = []
    for kind, form, _ in providers.FORMS:
        fixed = _fixed(form)
        (starts[fixed[0][:2]] if len(fixed[0]) > 1 else anywhere).append((kind, form, fixed))
    return dict(starts), anywhere

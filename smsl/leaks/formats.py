"""Recognise what a provider gave out by its form alone, whatever its variable is called."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache

from smsl.leaks.providers import FORMS
from smsl.leaks.shapes import drawn

_CLASSES = {
    "d": "0-9", "h": "0-9a-f", "H": "0-9A-Fa-f", "a": "a-z0-9", "A": "A-Z0-9", "w": "A-Za-z0-9", "u": "A-Za-z0-9_-",
    "b": "A-Za-z0-9+/=", "q": "A-Za-z0-9._=-", "T": "A-Za-z0-9._~-", "r": "A-Za-z0-9%", "x": "A-Z2-7",
}  # fmt: skip
_PIECE = re.compile(r"\{([a-zA-Z])([0-9]+)(-?)([0-9]*)\}")
_SHORTEST = 14
_LONGEST = 1 << 16
_MIXED = 6
"""Different signs that what follows the fixed text must have: ``ghp_xxxx`` is an example of the form."""
_FILLED = re.compile(r"([^A])\1{9}")
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
    for form in (*_BY_START.get(text[:2], ()), *_ANYWHERE):
        fixed, kind = _FIXED[form], _KINDS[form]
        if text.startswith(fixed[0]) and fixed[1] in text and _pattern(form).fullmatch(text):
            body = text[len(fixed[0]) :]
            if len(set(body)) >= _MIXED and not _FILLED.search(body) and (kind not in _ORDINARY or drawn(body)):
                return kind
    return None


def example(form: str) -> str:
    """Return a made-up text of a form; it is nobody's."""
    import random

    source = random.Random(form)  # noqa: S311  -- an example, not a secret

    def fill(piece: re.Match[str]) -> str:
        signs = [chr(code) for code in range(33, 127) if re.match(f"[{_CLASSES[piece[1]]}]", chr(code))]
        plain = [sign for sign in signs if sign.isalnum()]
        return "".join(source.choice(plain) for _ in range(int(piece[2])))

    return _PIECE.sub(fill, form)


@cache
def _pattern(form: str) -> re.Pattern[str]:
    parts: list[str] = []
    end = 0
    for piece in _PIECE.finditer(form):
        least, open_ended, most = piece[2], piece[3], piece[4]
        parts.append(re.escape(form[end : piece.start()]))
        parts.append(f"[{_CLASSES[piece[1]]}]{{{least}{',' if open_ended else ''}{most}}}")
        end = piece.end()
    return re.compile("".join(parts) + re.escape(form[end:]))


def _fixed(form: str) -> tuple[str, str]:
    """Return the fixed text at a form's start, and the longest anywhere in it."""
    pieces = re.split(r"\{[a-zA-Z][0-9-]+\}", form)
    return pieces[0], max(pieces, key=len)


_KINDS = {form: kind for kind, form, _ in FORMS}
_FIXED = {form: _fixed(form) for form in _KINDS}


def _indexed() -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    starts: defaultdict[str, list[str]] = defaultdict(list)
    anywhere: list[str] = []
    for form, (start, _) in _FIXED.items():
        (starts[start[:2]] if len(start) > 1 else anywhere).append(form)
    return {start: tuple(forms) for start, forms in starts.items()}, tuple(anywhere)


_BY_START, _ANYWHERE = _indexed()

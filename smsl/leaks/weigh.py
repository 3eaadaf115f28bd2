"""Weigh what a name promises against what the value looks like."""

from __future__ import annotations

import re

from smsl.leaks.senses import PASSWORDS, Sense
from smsl.leaks.shapes import drawn, is_base64, is_hex, is_uuid, wordy
from smsl.leaks.words import words
from smsl.model.variable import Confidence, Leak

DEFAULTS = frozenset({
    "password", "passwd", "pass", "pwd", "secret", "admin", "administrator", "root", "guest", "test", "user",
    "default", "token",
    "key", "postgres", "mysql", "minioadmin", "minio", "mysecret", "mypassword", "mytoken", "mykey", "topsecret",
    "supersecret",
    "bitnami", "nextcloud", "wordpress", "sentry", "grafana", "rabbitmq", "redis", "mongo", "keycloak", "vagrant",
    "docker",
    "localstack", "changeit", "randompassword", "foo", "bar", "baz", "foobar", "hello", "demo", "dev", "apikey",
})  # fmt: skip
"""What everybody writes: whether it guards anything is debatable."""
_NAME = r"[A-Za-z0-9_.+=@/-]{1,512}"
_PATH = r"(?:[A-Za-z]:)?[~.]{0,2}[/\\]?[\w.@+-]{1,120}(?:[/\\][\w.@+-]{1,120}){1,30}/?"
_NUMBER = r"[+-]?[0-9]{1,40}(?:\.[0-9]{1,20})?(?:ms|s|m|h|d|w|[KMGT]i?B?|%)?"
_FILE = (
    r"[\w./\\:~-]{1,200}\.(?:pem|key|crt|cer|p12|pfx|jks|json|ya?ml|txt|env|toml|ini|conf|cfg|xml|db|sh|py|m?js|gz|csv|html?"
    r"|zip|jar|war|tgz|tar|whl|bin|parquet|avro|ndjson|jsonl|sql|tf|tfstate|template|jpe?g|png|svg|webp|pdf|lock|log|md)"
)
_ALGORITHM = (
    r"(?:aes|3?des|x?chacha20|rsa|ecdsa|dsa|sha|hmac|ecdh|hs|rs|es|ps|ed|id)[-_/]?(?:sha|ed|ecdsa|rsa|poly)?[-_]?"
    r"[0-9]{2,5}(?:[-_/][a-z0-9]{1,8}){0,3}"
)
"""``aes-256-gcm``, ``hmac-sha256``, and the files that keys of an algorithm are kept in."""
_PLAIN = (
    r"(?:[A-Z][a-z]*-){1,6}[A-Z0-9][a-z0-9]*|[a-z]+(?:[-_.#][a-z0-9]{1,12}){1,8}|[A-Z]+(?:[-_.#][A-Z0-9]{1,12}){1,8}"
    r"|v?[0-9]+(?:[.-][0-9a-z]+)+"
)
_LONG_NUMBER = 14
"""Digits that no time, port, phone or account number has: a key of numerals."""
_LONGEST_STAMP = 17
"""Digits of a date with the time to a millisecond."""
_PROMISED, _LIKELY = 1.0, -1.0
_PROSE = frozenset({
    "the", "and", "for", "with", "not", "are", "was", "has", "had", "its", "from", "they", "but", "were", "been",
    "which",
})  # fmt: skip
_MNEMONIC_LENGTHS = (12, 15, 18, 21, 24)
_FINGERPRINTED = frozenset({"gpg-key", "pgp-key"})
_FINGERPRINTS = (8, 16, 40, 64)
"""Digits of an OpenPGP key's id and fingerprint, by which images name the keys that they trust.

Source: https://www.rfc-editor.org/rfc/rfc9580#name-key-ids-and-fingerprints
"""
_STAMPED = r"[A-Za-z][A-Za-z0-9]{2,80}-(?:[A-Za-z0-9]{6}|[A-Za-z0-9]{12,13}(?:-[A-Za-z0-9]{6})?)"


def weigh(sense: Sense, kind: str, text: str) -> Leak | None:
    """Return the leak that a value is under a name of this sense; placeholders and references are not asked about."""
    match sense:
        case Sense.PASSWORD | Sense.WORDS:
            return _password(kind, text, words_are_secret=sense is Sense.WORDS)
        case Sense.SECRET:
            return _secret(kind, text)
        case Sense.KEY:
            return _key(kind, text)
        case Sense.LOGIN:
            return _login(kind, text)
        case Sense.HINT:
            return _hint(kind, text)
        case Sense.SALT:
            return Leak(kind, Confidence.LOW) if len(text) > 3 else None
        case _:
            return None


def looks_like_path(text: str) -> bool:
    """Tell a path or a file's name: words between slashes, as parameters and mounted secrets are called."""
    if re.fullmatch(_FILE, text):
        return True
    if not re.fullmatch(_PATH, text):
        return False
    pieces = [piece for piece in re.split(r"[/\\]", text) if piece]
    strange = sum(1 for piece in pieces if drawn(piece) and not is_uuid(piece) and not re.fullmatch(_STAMPED, piece))
    if text.startswith(("/", "./", "../", "~/")) and len(pieces) > 1:
        return strange == 0
    return strange == 0 and len(pieces) > 1 and all(wordy(piece) or len(piece) <= 4 for piece in pieces)


def looks_like_name(text: str) -> bool:
    """Tell how secrets are called: words with signs between them that speak of a secret, or CloudFormation's stamp.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secret.html
    """
    if not re.fullmatch(_NAME, text):
        return False
    head, _, stamp = text.partition("-")
    if re.fullmatch(_STAMPED, text) and wordy(head) and not wordy(stamp):
        return True
    said = words(text)
    separated = any(sign in text for sign in "/-_.") and len(said) > 1
    return (
        separated
        and wordy(text)
        and not drawn(text)
        and bool(_NOUNS & set(said))
        and not any(len(w) > 3 for w in said if w.isdigit())
    )


_NOUNS = frozenset(
    {
        "secret",
        "secrets",
        "credentials",
        "credential",
        "creds",
        "password",
        "key",
        "keys",
        "token",
        "db",
        "database",
        "api",
        "config",
        "auth",
        "cert",
    }
)


def _is_default(text: str) -> bool:
    return text.lower().strip("_-!1234567890") == "" or text.lower() in DEFAULTS


def _password(kind: str, text: str, *, words_are_secret: bool) -> Leak | None:
    if text.isdigit():
        return Leak(kind, Confidence.MEDIUM) if len(text) > 3 else None
    if re.fullmatch(_NUMBER, text) or len(text) < 3 or kind == "pin":
        return None
    if text.lower() in DEFAULTS or text.lower() in PASSWORDS:
        return Leak(kind, Confidence.LOW)
    if text.startswith(("$2a$", "$2b$", "$2y$", "$argon2", "$6$", "$5$", "$1$", "$apr1$", "pbkdf2", "{SSHA}")):
        return Leak("password-hash", Confidence.LOW)
    if looks_like_path(text) or (looks_like_name(text) and not words_are_secret):
        return None
    if text.count(" ") > 3 and not words_are_secret:
        return None
    return Leak(kind, Confidence.HIGH if drawn(text) or words_are_secret else Confidence.MEDIUM)


def _secret(kind: str, text: str) -> Leak | None:
    if text.isdigit() and len(text) >= _LONG_NUMBER and len(set(text)) > 4:
        return Leak(kind, Confidence.MEDIUM)
    if re.fullmatch(_NUMBER, text) or len(text) < 6:
        return None
    if text.lower() in DEFAULTS:
        return Leak(kind, Confidence.LOW)
    if " " in text:
        return _spaced(kind, text)
    if (kind in _FINGERPRINTED and len(text) in _FINGERPRINTS and is_hex(text)) or _is_list_of_words(text):
        return None
    if is_uuid(text) or (len(text) >= 12 and is_hex(text)):
        return Leak(kind, Confidence.HIGH)
    if looks_like_path(text) or looks_like_name(text) or re.fullmatch(_ALGORITHM, text.lower()):
        return None
    if drawn(text):
        return Leak(kind, Confidence.HIGH)
    digits = sum(sign.isdigit() for sign in text)
    signs = sum(not sign.isalnum() for sign in text)
    letters = len(text) - digits - signs
    spoken = kind == "secret" and not signs and digits  # a person wrote it: bluebird7
    mixed = letters > 2 and (digits > 2 or spoken) and len(text) >= 8
    odd = any(not sign.isalnum() and sign not in "-_./:#,()[]{}\"'" for sign in text) and len(text) >= 8
    chosen = (mixed and not _is_plain(text)) or odd or (len(text) >= 12 and drawn(text, _PROMISED) and not wordy(text))
    return Leak(kind, Confidence.MEDIUM) if chosen else None


def _is_plain(text: str) -> bool:
    """Tell an identifier of an ordinary kind: words with signs between them and a short number, a header's name."""
    return bool(not re.search(r"[0-9]{4}$", text) and re.fullmatch(_PLAIN, text)) and wordy(text)


def _is_list_of_words(text: str) -> bool:
    """Tell symbols and words between commas and the like: ``USDC,USDT,DAI`` are tokens, too."""
    pieces = [piece.strip().replace("-", "") for piece in re.split(r"[,;|]", text[:1000])]
    return len(pieces) > 1 and all(piece.isalpha() and (len(piece) < 8 or wordy(piece)) for piece in pieces)


def is_mnemonic(text: str) -> bool:
    """Tell a wallet's words by themselves: 12 or 24 and nothing else, none of them of those that prose is held by.

    Source: https://github.com/bitcoin/bips/blob/master/bip-0039.mediawiki
    """
    said = text.split() if 47 <= len(text) <= 216 else []
    return len(said) in (12, 24) and _are_of_a_word_list(said) and not _PROSE & set(said)


def _are_of_a_word_list(said: list[str]) -> bool:
    return all(word.isalpha() and word.isascii() and word.islower() and 3 <= len(word) <= 8 for word in said)


def _spaced(kind: str, text: str) -> Leak | None:
    said = text.split()
    if len(said) in _MNEMONIC_LENGTHS and _are_of_a_word_list(said):
        return Leak("mnemonic", Confidence.HIGH)
    odd = any(drawn(word) for word in said)
    return Leak(kind, Confidence.MEDIUM) if len(said) <= 3 and odd else None


def _key(kind: str, text: str) -> Leak | None:
    if text.isdigit() and len(text) > _LONGEST_STAMP and len(set(text)) > 4:
        return Leak(kind, Confidence.MEDIUM)
    if " " in text or re.fullmatch(_NUMBER, text) or len(text) < 12:
        return None
    if is_uuid(text) or (len(text) >= 16 and is_hex(text)):
        return Leak(kind, Confidence.MEDIUM)
    if (
        looks_like_path(text)
        or re.fullmatch(_STAMPED, text)
        or (text.startswith(("K", "E")) and re.fullmatch(r"[A-Z0-9]{13,14}", text))
    ):
        return None
    return Leak(kind, Confidence.HIGH if len(text) >= 16 else Confidence.MEDIUM) if drawn(text, _LIKELY) else None


def _login(kind: str, text: str) -> Leak | None:
    return Leak(kind, Confidence.HIGH) if any(_is_login(text, sign) for sign in ":/") else _secret(kind, text)


def _is_login(text: str, sign: str) -> bool:
    """Tell ``user:password`` or ``user/password`` from paths and from words between signs."""
    user, _, password = text.partition(sign)
    if not user or len(password) < 6 or " " in text or "/" in password[:-1] or password.startswith("/"):
        return False
    chosen = not wordy(password) or (len(password) > 7 and any(map(str.isdigit, password)))
    return drawn(password) or (sign == ":" and chosen and not password.isdigit())


def _hint(kind: str, text: str) -> Leak | None:
    if len(text) < 16 or is_uuid(text) or " " in text or looks_like_path(text) or not is_base64(text):
        return None
    return Leak(kind, Confidence.MEDIUM) if drawn(text) and not re.fullmatch(_STAMPED, text) else None

"""Names split into words.

Whole words are compared, never parts of them: MONKEYLEARN does not hold ``arn``, nor KEYSPACE ``key``. Only a last word
that ends in a word of its own (``APIKEY``, ``USRPWD``) is taken apart.
"""

from __future__ import annotations

import re

_LONGEST = 200
"""Characters of a name that are looked at: a member's name may be as long as its text."""
_WORD = r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+"
_UNACCENTED = str.maketrans("ñçãáàâäéèêíóôöúüÑÇÃÁÉÍÓÖÚÜ", "ncaaaaaeeeiooouuNCAAEIOOUU")
_GLUED = (
    "passphrase", "password", "passwd", "pasword", "keyphrase", "credentials", "credential", "secret", "token", "pwd",
    "pswd", "creds", "keys", "key",
)  # fmt: skip
_NOT_GLUED = frozenset(
    {"monkey", "turkey", "donkey", "hockey", "jockey", "whiskey", "hotkey", "smokey", "keys", "mickey", "mackey"}
)
_BEFORE_PASS = frozenset({
    "db", "user", "usr", "root", "admin", "smtp", "mail", "email", "imap", "my", "ftp", "sftp", "pg", "redis",
    "ssh", "ldap", "bind", "keystore", "truststore", "store", "key", "cert", "pfx", "jks", "ssl", "svc",
    "service", "sa", "app", "api", "proxy", "http", "web", "vpn", "wifi", "login", "account", "master", "backup",
    "repl", "replica", "auth", "sys", "system", "oracle", "mysql", "pgsql", "postgres", "mongo", "rabbit", "mq",
    "amqp", "jdbc", "client", "server", "data", "database",
})  # fmt: skip
_ASIDE = frozenset({
    "dev", "prod", "prd", "production", "stg", "stage", "staging", "test", "uat", "qa", "live", "sandbox", "eu",
    "us", "ap",
    "backup", "bak", "primary", "secondary", "new", "old", "legacy", "current", "previous", "prev", "next", "a",
    "b", "c",
    "v", "main", "alt", "local", "base", "b64", "raw", "plain", "plaintext", "value", "val", "string", "str",
    "env", "text",
    "encoded", "default", "temp", "tmp", "one", "two", "blue", "green",
})  # fmt: skip
"""Words at the end of a name that say which one or how written, not what."""


def words(name: str) -> tuple[str, ...]:
    """Return the words of a name in small letters: split at signs, at digits and where camelCase rises."""
    found = [word.lower() for word in re.findall(_WORD, name[:_LONGEST].translate(_UNACCENTED))]
    last = len(core(tuple(found))) - 1
    return (*found[:last], *_unglued(found[last]), *found[last + 1 :]) if found else ()


def _unglued(word: str) -> tuple[str, ...]:
    if word not in _NOT_GLUED:
        for end in _GLUED:
            head = word[: -len(end)]
            if head and word.endswith(end):
                return (*_unglued(head), end)
        if word.endswith("pass") and word[:-4] in _BEFORE_PASS:
            return (word[:-4], "pass")
    return (word,)


def core(parts: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words without those at the end that say which one: ``DB_PASSWORD_2_PROD`` is ``db password``."""
    end = len(parts)
    while end and (parts[end - 1] in _ASIDE or parts[end - 1].isdigit()):
        end -= 1
    return parts[:end] or parts

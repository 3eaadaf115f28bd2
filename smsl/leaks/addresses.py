"""Take URLs and connection strings apart: who signs in, with what, and the addresses that are secrets themselves.

Everything is found by splitting at signs, never by a pattern that could run away on hostile text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from smsl.leaks.part import Part
from smsl.leaks.shapes import drawn, is_hex, is_uuid

_HOST_AND_PORT = r"[A-Za-z0-9.-]{1,253}:[0-9]{2,5}(?:[/:?)]|\Z)"
_PGPASS = r"(?:localhost|[A-Za-z0-9-]{1,63}\.[A-Za-z0-9.-]{1,200}):[0-9]{2,5}:[^:]{1,100}:[^:]{1,100}:."
_BREAK = r"[\s\"'<>]+|,(?=[A-Za-z][A-Za-z0-9+.-]{1,20}://)"
SECRET_ADDRESSES: tuple[tuple[str, str, str, int], ...] = (
    # kind, end of the host, path must hold, least length of its longest segment
    ("slack-webhook", "hooks.slack.com", "/", 20), ("slack-webhook", "hooks.slack-gov.com", "/", 20),
    ("discord-webhook", "discord.com", "/webhooks/", 40), ("discord-webhook", "discordapp.com", "/webhooks/", 40),
    ("teams-webhook", "webhook.office.com", "/webhookb2/", 30),
    ("teams-webhook", "outlook.office.com", "/webhook/", 30),
    ("sumologic-collector", "sumologic.com", "/receiver/", 40),
    ("telegram-bot-token", "api.telegram.org", "/bot", 40),
    ("ifttt-key", "maker.ifttt.com", "/key/", 16), ("zapier-webhook", "hooks.zapier.com", "/hooks/", 6),
    ("feishu-webhook", "open.feishu.cn", "/hook/", 20), ("feishu-webhook", "open.larksuite.com", "/hook/", 20),
    ("victorops-key", "alert.victorops.com", "/integrations/", 20), ("loggly-token", "loggly.com", "/inputs/", 30),
    ("pagerduty-key", "events.pagerduty.com", "/integration/", 30),
    ("opsgenie-key", "opsgenie.com", "/integrations/", 30),
    ("infura-key", "infura.io", "/v3/", 32), ("alchemy-key", "alchemy.com", "/v2/", 28),
    ("alchemy-key", "alchemyapi.io", "/v2/", 28),
    ("quicknode-token", "quiknode.pro", "/", 32), ("google-chat-webhook", "chat.googleapis.com", "/messages", 4),
    ("make-webhook", "make.com", "/", 28), ("make-webhook", "integromat.com", "/", 28),
    ("ankr-key", "rpc.ankr.com", "/", 48),
    ("mattermost-webhook", "", "/hooks/", 26), ("n8n-webhook", "n8n.cloud", "/webhook/", 30),
    ("pipedream-hook", "m.pipedream.net", "/", 60),
    ("datadog-intake", "datadoghq.com", "/v1/input/", 30), ("logdna-key", "logdna.com", "/supertenant/", 30),
    ("airbrake-key", "airbrake.io", "/notify/", 30), ("rocketchat-webhook", "rocket.chat", "/hooks/", 17),
    ("spacelift-webhook", "app.spacelift.io", "/webhooks/", 20),
    ("betteruptime-heartbeat", "betteruptime.com", "/heartbeat/", 20),
    ("calendar-feed", "calendar.google.com", "/private-", 30),
    ("tines-webhook", "tines.com", "/webhook/", 24), ("lark-flow", "larksuite.com", "/hook/", 20),
)  # fmt: skip
_SIGNED = frozenset(
    {
        "x-amz-signature",
        "x-amz-credential",
        "x-amz-security-token",
        "x-goog-signature",
        "x-goog-credential",
        "awsaccesskeyid",
        "googleaccessid",
        "key-pair-id",
        "x-ms-signature",
    }
)
"""Parameters of a URL that was signed for a short time: debatable, as most have run out."""
_TERSE = frozenset(
    {"appid", "code", "k", "hash", "h", "s", "t", "sid", "u", "subscription-key", "sig", "auth", "hapikey", "app_id"}
)
"""Parameters that many services take their key in: it is one if it looks drawn at random."""
_NO_PASSWORDS = frozenset({"", "x", "x-oauth-basic", "x-token-auth"})


def addresses(text: str) -> list[str]:
    """Return the pieces of a text that hold ``://``, or the text itself when it is one address."""
    pieces = (
        [piece for piece in re.split(_BREAK, text.strip()) if "://" in piece]
        if text.count("://") > 1
        else [text.strip()]
    )
    return pieces[:200]


def parts_of_address(text: str) -> Iterator[Part]:
    """Yield what an address of the form ``scheme://...`` holds: its password, its token, the secrets of its query."""
    head, _, rest = text.partition("://")
    if "thin:" in head:
        yield from _oracle(text)
    user, password, host, tail = _split(rest)
    yield from _credentials(user, password, host, tail)
    path, query = _path(tail)
    if not (user or password):
        yield from _secret_address(host, path)
    yield from _queries(query)


def _split(rest: str) -> tuple[str, str | None, str, str]:
    """Return user, password, host with port, and what follows; a password may hold ``/``, ``#``, ``?`` and ``@``."""
    end = min((at for sign in "/?#;" if (at := rest.find(sign)) >= 0), default=len(rest))
    authority, tail = rest[:end], rest[end:]
    if "@" not in authority and "@" in rest[:400] and ":" in authority:
        port = authority.rpartition(":")[2]
        at = rest.find("@")
        if not port.isdigit() and "." not in port and " " not in rest[:at]:
            following = rest[at + 1 :]
            cut = min((place for sign in "/?#;" if (place := following.find(sign)) >= 0), default=len(following))
            authority, tail = rest[: at + 1 + cut], following[cut:]
    login, sign, host = authority.rpartition("@")
    if sign and "@" in tail[:100] and not set(host) & set(".:[") and ":" in login:
        inner, _, following = tail.partition("@")  # the password holds both an @ and a /
        cut = min((place for mark in "/?#;" if (place := following.find(mark)) >= 0), default=len(following))
        login, host, tail = f"{login}@{host}{inner}", following[:cut], following[cut:]
    if not sign:
        return "", None, host, tail
    user, colon, password = login.partition(":")
    return unescaped(user), unescaped(password) if colon else None, host, tail


def _credentials(user: str, password: str | None, host: str, tail: str) -> Iterator[Part]:
    if password is not None and password not in _NO_PASSWORDS:
        kind = "default-password" if password == user or host.split(":", maxsplit=1)[0] == password else "url-password"
        yield Part(user, password, "password of the URL", kind)
    elif user and _is_dsn(user, host, tail):
        yield Part(user, user, "user of the URL", "sentry-dsn")
    elif len(user) >= 10 and drawn(user) and not user.startswith(("arn:", "git")):
        yield Part("token", user, "user of the URL", "url-token")


def _is_dsn(user: str, host: str, tail: str) -> bool:
    project = tail.strip("/").partition("?")[0].rpartition("/")[2]
    return len(user) == 32 and is_hex(user) and ("sentry" in host or project.isdigit())


def unescaped(text: str) -> str:
    """Return text without the percent signs of URLs; most text has none, and needs no library."""
    if "%" not in text:
        return text
    from urllib.parse import unquote

    return unquote(text)


def _path(tail: str) -> tuple[str, str]:
    """Return the path, and the parameters of query, fragment and JDBC's ``;`` joined by ``&``."""
    end = min((at for sign in "?#;" if (at := tail.find(sign)) >= 0), default=len(tail))
    return tail[:end], tail[end:].lstrip("?#;")


def _secret_address(host: str, path: str) -> Iterator[Part]:
    host = host.partition(":")[0].lower()
    segments = path.split("/")[:40]
    longest = max(segments, key=len, default="")
    for kind, ending, inside, least in SECRET_ADDRESSES:
        if (host == ending or host.endswith(f".{ending}") or not ending) and inside in path and len(longest) >= least:
            if any(character in path for character in "<{$") or "XXXX" in path.upper():
                return
            if ending or (len(longest) == least and drawn(longest)):
                yield Part("webhook", longest, "path of the URL", kind)
                return
    for before, segment in zip(["", *segments], segments, strict=False):
        yield Part(before, segment, "path of the URL", "path")


def _queries(query: str) -> Iterator[Part]:
    if not query:
        return
    pairs = [pair.partition("=") for pair in re.split(r"[&;?#]", query)[:200]]
    names = {name.lower() for name, _, _ in pairs}
    if names & _SIGNED:
        yield Part("signature", "", "query of the URL", "presigned-url")
        return
    for name, _, value in pairs:
        if not value:
            continue
        if name.lower() == "sig" and (names & {"sv", "sp", "se"}):
            yield Part(name, unescaped(value), "query of the URL", "azure-sas")
        elif name.lower() in _TERSE:
            yield Part("key", unescaped(value), "query of the URL")
        else:
            yield Part(unescaped(name.replace("+", " ")), unescaped(value), "query of the URL")


def _oracle(text: str) -> Iterator[Part]:
    """Yield the password of ``jdbc:oracle:thin:user/password@host``."""
    login = text.partition("thin:")[2].partition("@")[0]
    user, slash, password = login.partition("/")
    if slash and user and password and "/" not in user:
        yield Part(user, password.strip('"'), "password of the connection string", "url-password")


def parts_of_login(text: str) -> Iterator[Part]:
    """Yield the password of ``user:password@tcp(host:3306)/database`` and ``user/password@host:1521/service``.

    And of a line of ``.pgpass``: ``host:5432:database:user:password``.
    """
    if " " in text or "\n" in text:
        return
    if text.count(":") == 4 and re.match(_PGPASS, text):
        fields = text.split(":")
        yield Part(fields[3], fields[4], "password of the connection string", "url-password")
    if "@" not in text or text.startswith("@"):
        return
    if text.startswith("jdbc:") and "thin:" in text:
        yield from _oracle(text)
        return
    login, _, host = text.rpartition("@")
    has_port = bool(re.match(_HOST_AND_PORT, host))
    is_go = host.startswith(("tcp(", "unix(", "tcp6(", "udp(", "/", "(")) or has_port
    is_oracle = login.count("/") == 1 and ":" not in login and (has_port or host.startswith("//"))
    if not (is_go if ":" in login else is_oracle):
        return
    user, sign, password = login.partition(":" if ":" in login else "/")
    if sign and user and password and not is_uuid(password):
        yield Part(user, password, "password of the connection string", "url-password")

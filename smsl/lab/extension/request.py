"""One request to the extension, read as Go's HTTP server and its query parser read it.

Source: https://pkg.go.dev/net/url#ParseQuery and https://pkg.go.dev/net/http#Server
"""

from __future__ import annotations

from smsl.lab.extension.wire import headers_of, lines_of

LONGEST_HEAD = 1024 * 1024 + 4096
"""Bytes of a head that Go's server reads before it gives up."""
_HEX = "0123456789abcdefABCDEF"
_SEPARATORS = '()<>@,;:\\"/[]?={} \t'


class Request:
    """What was asked, and how the connection goes on."""

    __slots__ = ("headers", "lasting", "length", "method", "path", "query")

    def __init__(self, method: str, target: str, headers: dict[str, str], version: str) -> None:
        self.method = method
        path, _, query = _origin_form(target).partition("?")
        self.path = path
        self.query = pairs(query)
        """Names and values, in the order in which they stand."""
        self.headers = headers
        """Names in lower case; text of one byte a letter."""
        self.length = _length(headers)
        """Bytes of the body; None when only reading it would tell."""
        wishes = headers.get("connection", "").lower().replace(" ", "").split(",")
        self.lasting = version == "HTTP/1.1" and "close" not in wishes


def parse(head: bytes) -> Request:
    """Take a head apart.

    Raises:
        ValueError: It is malformed.
    """
    first, *rest = lines_of(head)
    method, target, version = first.split(" ") if first.count(" ") == 2 else ("", "", "")
    if version not in {"HTTP/1.1", "HTTP/1.0"} or not _is_token(method):
        raise ValueError("not a request line")
    if not target or any(letter < "!" or letter == "\x7f" for letter in target):
        raise ValueError("control characters in the target")
    headers = headers_of(rest)
    if version == "HTTP/1.1" and "host" not in headers:
        raise ValueError("no host")
    return Request(method, target, headers, version)


def pairs(query: str) -> tuple[tuple[str, str], ...]:
    """Return the names and values of a query; pairs that are badly encoded or have a semicolon are left out."""
    found = []
    for each in query.split("&"):
        if not each or ";" in each:
            continue
        name, _, value = each.partition("=")
        plain = _decoded(name), _decoded(value)
        if plain[0] is not None and plain[1] is not None:
            found.append((plain[0], plain[1]))
    return tuple(found)


def _decoded(text: str) -> str | None:
    """Undo the encoding of a query: `%2F`, and `+` for a space; None where a `%` has no two digits."""
    first, *rest = text.replace("+", " ").split("%")
    plain = bytearray(first, "latin-1")
    for piece in rest:
        if len(piece) < 2 or piece[0] not in _HEX or piece[1] not in _HEX:
            return None
        plain.append(int(piece[:2], 16))
        plain += piece[2:].encode("latin-1")
    return plain.decode("utf-8", "replace")


def _origin_form(target: str) -> str:
    """Return path and query of a target that may name scheme and host, too."""
    if target.startswith("http://"):
        _, slash, rest = target.removeprefix("http://").partition("/")
        return slash + rest
    return target


def _is_token(text: str) -> bool:
    return bool(text) and all("!" <= letter <= "~" and letter not in _SEPARATORS for letter in text)


def _length(headers: dict[str, str]) -> int | None:
    if "transfer-encoding" in headers:
        return None
    text = headers.get("content-length", "0")
    if not (text.isascii() and text.isdigit()) or len(text) > 18:
        raise ValueError("not a length")
    return int(text)

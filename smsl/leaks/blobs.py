"""Take apart what holds several values: JSON, YAML, INI, ``key=value`` lists, options, headers, and base64 of them."""

from __future__ import annotations

import binascii
import re

from smsl.leaks.part import Part

_KEY = r"[A-Za-z_\"'/@-][\w .\"'/:@$-]{0,80}"
_ALPHABET = r"[A-Za-z0-9+/_-]+={0,2}"
_LEAVES = 2000
"""Members that are looked at: Lambda's whole environment is 4 KB."""
_KEYPAIR = 64
"""Bytes that Solana's tools write a key pair as, each a number."""
_LARGEST = 1 << 16
"""Bytes that are unpacked: sixteen times what Lambda's environment holds."""
_WORDS_BEFORE_COLON, _WORDS_BEFORE_EQUALS = 2, 4
"""More words before a sign are prose: ``never reveal password: anything``."""
_TAG = r"([A-Za-z_][\w.:-]{0,60})>([^<>]{1,500})"
_SETTING = r"add\s{1,9}(?:key|name)=\"([^\"<>]{1,60})\"\s{1,9}value=\"([^\"<>]{1,500})\""
_FLAG = r"--?[A-Za-z][\w.-]{0,60}"
_SCHEMES = frozenset({
    "basic", "bearer", "token", "apikey", "api-key", "ssws", "geniekey", "splunk", "bot", "key", "digest", "jwt",
    "oauth",
    "hmac", "negotiate", "sso-key", "discogs", "x-api-key", "client-id", "zoho-oauthtoken", "sharedaccesssignature",
    "token:", "api_key", "klaviyo-api-key", "deepl-auth-key", "app-token",
})  # fmt: skip
"""What an Authorization header begins with."""


def members(text: str) -> list[Part] | None:
    """Return the leaves of a JSON document with the names they stand under; None for text that is none."""
    import json

    try:
        document = json.loads(text, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict | list):
        return None
    found: list[Part] = []
    todo: list[tuple[str, str, object]] = [("", "", document)]
    while todo and len(found) < _LEAVES:
        name, above, value = todo.pop()
        if isinstance(value, dict):
            is_private = _is_private_jwk(value)
            if "kty" in value and not is_private:
                continue
            for member, inner in value.items():
                if is_private and member in ("d", "k"):
                    found.append(Part(member, str(inner), "JSON member", "jwk-private-key"))
                else:
                    todo.append((str(member), name, inner))
        elif isinstance(value, list) and len(value) == _KEYPAIR and all(map(_is_byte, value)):
            found.append(Part(name, ",".join(map(str, value)), "JSON list", "wallet-key"))
        elif isinstance(value, list):
            todo.extend((name, above, inner) for inner in value[:_LEAVES])
        elif isinstance(value, str):
            found.append(Part(name, value, "JSON member", above=above))
    return found


def _is_byte(value: object) -> bool:
    return isinstance(value, str) and value.isdigit() and len(value) < 4 and int(value) < 256


def _is_private_jwk(value: dict[str, object]) -> bool:
    kind = value.get("kty")
    return (kind in ("RSA", "EC", "OKP") and "d" in value) or (kind == "oct" and "k" in value)


def pairs(text: str) -> list[Part] | None:
    """Return the members of INI, YAML, properties, ADO.NET, libpq and query text; None for text of no such form."""
    for delimiters in ("\n", ";", "&", ",", " \t\n\r", "|"):
        if any(sign in text for sign in delimiters):
            found = _pairs_by(text, delimiters)
            if found:
                return found
    one = _pair(text.strip()) if "=" in text[:80] else None
    return [one] if one and one.text else None


def _pairs_by(text: str, delimiters: str) -> list[Part]:
    pieces = [
        piece for piece in split_outside_quotes(text, delimiters) if piece.strip() and piece.strip()[:1] not in "#[;"
    ]
    found = [pair for piece in pieces[:_LEAVES] if (pair := _pair(piece.strip()))]
    least = 1 if any("=" in piece for piece in pieces) else 2
    if delimiters.startswith(" "):
        found = [pair for pair in found if pair.text]
    return found if len(found) >= least and 2 * len(found) >= len(pieces) else []


def split_outside_quotes(text: str, delimiters: str) -> list[str]:
    """Return the pieces of a text between delimiters; a delimiter inside double or single quotes is text."""
    pieces: list[str] = []
    current: list[str] = []
    quote = ""
    paired = {sign for sign in "\"'" if text.count(sign) > 1}
    for sign in text:
        if quote:
            quote = "" if sign == quote else quote
        elif sign in paired and (not current or current[-1] in "=: \t"):
            quote = sign
        elif sign in delimiters:
            pieces.append("".join(current))
            current = []
            continue
        current.append(sign)
    return [*pieces, "".join(current)]


def _pair(piece: str) -> Part | None:
    at = min((place for sign in "=:" if (place := piece.find(sign, 1)) > 0), default=-1)
    if at < 0 and piece.count("=>"):
        at = piece.find("=>")
    if piece.startswith("//") and ":_" in piece:  # .npmrc: //registry/:_authToken=...
        at = piece.find("=", piece.find(":_"))
    if at <= 0:
        return None
    name, value = (
        piece[:at].strip().removeprefix("export ").removeprefix("- ").removeprefix(":"),
        piece[at + 1 :].lstrip("=>").strip(),
    )
    longest = _WORDS_BEFORE_COLON if piece[at] == ":" else _WORDS_BEFORE_EQUALS
    if value.startswith("//") or not re.fullmatch(_KEY, name) or len(name.split()) > longest:
        return None
    return Part(name.strip("\"'").removeprefix("-D").lstrip("-"), unquoted(value.rstrip(",;")), "key=value member")


def unquoted(text: str) -> str:
    """Return a text without the quotes and spaces around it."""
    text = text.strip()
    for quote in ('"', "'", "`", '\\"'):
        if len(text) > 2 * len(quote) and text.startswith(quote) and text.endswith(quote):
            return text[len(quote) : -len(quote)]
    return text


def options(text: str) -> list[Part]:
    """Return the options of a command line: ``-Ddb.password=x``, ``--token=x``, ``--token x``; and .netrc's words."""
    if "-" not in text and "password " not in text and "machine " not in text:
        return []
    pieces = split_outside_quotes(text, " \t\n")[:_LEAVES]
    found: list[Part] = []
    for piece, following in zip(pieces, [*pieces[1:], ""], strict=True):
        name, sign, value = piece.partition("=")
        if piece in ("-H", "--header") or (piece in ("-u", "--user") and ":" in following):
            found.append(Part("login", unquoted(following), "option"))
        elif sign and name.startswith("-") and re.fullmatch(_FLAG, name):
            found.append(Part(name.removeprefix("-D").lstrip("-"), unquoted(value), "option"))
        elif (name.startswith("--") and not sign and re.fullmatch(_FLAG, piece) and not following.startswith("-")) or (
            piece == "password" and "machine" in pieces
        ):
            found.append(Part(piece.lstrip("-"), unquoted(following), "option"))
    return found


def header(text: str) -> Part | None:
    """Return what follows the scheme in an Authorization header: ``Bearer x``, ``Authorization: Basic x``."""
    name, sign, value = text.partition(":")
    if sign and name.strip().lower() in (
        "authorization",
        "x-api-key",
        "x-auth-token",
        "api-key",
        "cookie",
        "proxy-authorization",
    ):
        text = value.strip()
        if " " not in text and text:
            return Part("token", text, "header", "authorization")
    scheme, _, credential = text.strip().partition(" ")
    credential = unquoted(credential.removeprefix("token=").strip())
    if scheme.lower() not in _SCHEMES or not credential or " " in credential:
        return None
    return Part(scheme.lower(), credential, "header", "basic" if scheme.lower() == "basic" else "authorization")


def tags(text: str) -> list[Part]:
    """Return the texts of an XML document with the names of their elements, and .NET's ``<add key="" value=""/>``."""
    pieces = text.split("<")[:_LEAVES] if "<" in text and "</" in text else []
    matched = [tag for piece in pieces if (tag := re.match(_TAG, piece))]
    is_key = any(tag[1] == "Modulus" for tag in matched)
    found = [
        Part(tag[1], tag[2].strip(), "XML element", "private-key" if is_key and tag[1] == "D" else None)
        for tag in matched
    ]
    settings = [re.match(_SETTING, piece) for piece in text.split("<")[1:_LEAVES]]
    return [*found, *(Part(each[1], each[2], "XML attribute") for each in settings if each)]


def decoded(text: str) -> bytes | None:
    """Return what base64 text encodes; None for text that is none, or too short to hold anything."""
    bare = "".join(text.split()) if "\n" in text or " " in text else text
    if len(bare) < 12 or not re.fullmatch(_ALPHABET, bare) or len(bare.rstrip("=")) % 4 == 1:
        return None
    bare = bare.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return binascii.a2b_base64(bare + "=" * (-len(bare) % 4), strict_mode=True)
    except (binascii.Error, ValueError):
        return None


def unzipped(data: bytes) -> bytes | None:
    """Return what gzip or zlib packed, no more of it than a little; None for other data."""
    if data[:2] != b"\x1f\x8b" and data[:2] not in (b"x\x9c", b"x\xda", b"x\x01"):
        return None
    import zlib

    try:
        return zlib.decompressobj(wbits=47).decompress(data, _LARGEST)
    except zlib.error:
        return None


def readable(data: bytes) -> str | None:
    """Return data as text where it is text: UTF-8, and nothing unprintable."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    return text if all(sign.isprintable() or sign in "\r\n\t" for sign in text) else None

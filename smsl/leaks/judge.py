"""Judge one named text: veto, take apart, match providers' forms, weigh; the strongest of what is found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from smsl.leaks import blobs
from smsl.leaks.addresses import addresses, parts_of_address, parts_of_login, unescaped
from smsl.leaks.formats import provider_of
from smsl.leaks.keys import private_key
from smsl.leaks.part import Part
from smsl.leaks.senses import Sense, read_name
from smsl.leaks.tokens import is_vendor_token
from smsl.leaks.vetoes import SPEAKING, is_expression, is_placeholder, is_public, is_reference
from smsl.leaks.weigh import DEFAULTS, is_mnemonic, weigh
from smsl.leaks.words import core, words
from smsl.model.variable import Confidence, Leak

_DEEPEST, _SHORTEST = 4, 3
_RANK = {Confidence.HIGH: 2, Confidence.MEDIUM: 1, Confidence.LOW: 0}
_SEPARATORS = str.maketrans(dict.fromkeys("\"'`,;=&?:/()[]{}<>|\\\n\t\r", " "))
_PACKED = ("H4s", "eJw", "eJx", "eJy", "eJz", "eNo", "eNp", "eNq", "eNr")
"""How gzip and zlib begin in base64."""
_ESCAPED = ("%7B", "%7b", "%5B", "%5b")
"""How JSON begins in a URL's query."""
_MEMBERS_OF_LISTS = frozenset({Sense.PASSWORD, Sense.SECRET, Sense.KEY})


def judge(name: str, text: str, depth: int = 0, above: str = "") -> Leak | None:
    """Return the leak that a text under a name is; None when it is none.

    Args:
        name: The variable's or member's name.
        text: Its value.
        depth: How many values it stands inside.
        above: The name of what it stands in, which speaks where `name` says nothing.
    """
    text = blobs.unquoted(text)
    sense, kind, said = read_name(name)
    if sense in (Sense.NONE, Sense.HINT) and above:
        outer, outer_kind, _ = read_name(above)
        sense, kind = (outer, outer_kind) if outer in _MEMBERS_OF_LISTS else (sense, kind)
    if (
        text[:3] in _PACKED
        and (data := blobs.decoded(text)) is not None
        and (plain := blobs.unzipped(data)) is not None
    ):
        return _inside_out(blobs.readable(plain), depth, "packed")
    if text[:3] in _ESCAPED:
        text = unescaped(text)
    if not text or is_reference(text) or is_expression(text) or (sense is not Sense.PASSWORD and is_public(text)):
        return None
    structured = "://" in text or text[:1] in "{["
    if not structured and ("-----BEGIN " in text or text[:3] == "MII" or text.startswith("PuTTY-User-Key")):
        return private_key(text)
    stands_in = is_placeholder(text, said)
    if not stands_in and (found := provider_of(text)):
        return Leak(found, Confidence.HIGH)
    if depth < _DEEPEST:
        taken, best = _inside(sense, text, depth, name)
        if taken or (best is not None and best.confidence is not Confidence.LOW):
            return best
    if stands_in:
        return None
    if sense is Sense.NONE or sense is Sense.ABOUT:
        if sense is Sense.NONE and is_mnemonic(text):
            return Leak("mnemonic", Confidence.MEDIUM)
        speaks = sense is Sense.ABOUT and len(core(said)) > 1
        return Leak("token", Confidence.MEDIUM) if not speaks and is_vendor_token(text) else None
    weighed = weigh(sense, kind, text)
    if weighed is None and sense is Sense.HINT and is_vendor_token(text):
        return Leak("token", Confidence.MEDIUM)
    return weighed


def _inside(sense: Sense, text: str, depth: int, name: str) -> tuple[bool, Leak | None]:
    """Return whether the text is of a form that holds others, so that it is none itself, and the strongest of them."""
    if "://" in text:
        found = [part for piece in addresses(text) for part in parts_of_address(piece)]
        best = _strongest(found, depth)
        if best is not None or _is_address(text):
            return True, best
    if text[:1] in "{[" and (members := blobs.members(text)) is not None:
        return True, _strongest(_under(members, name), depth)
    if (part := blobs.header(text)) is not None:
        return True, _credential(part)
    if sense is Sense.PASSWORD and not any(sign in text for sign in "\n\0"):
        return False, _in_base64(text, depth)
    login = list(parts_of_login(text))
    if login:
        return True, _strongest(login, depth)
    listed_pairs = blobs.pairs(text.strip("{}[]")) or []
    best = _strongest([*blobs.options(text), *blobs.tags(text), *listed_pairs], depth)
    if best is not None or (sense is Sense.LOGIN and len(listed_pairs) > 1):
        return True, best
    listed = _listed(sense, text, name, depth)
    if listed is not None:
        return True, listed
    return False, _in_base64(text, depth) or _embedded(text)


def _is_address(text: str) -> bool:
    head = text.split("://", 1)[0]
    return head.replace("+", "").replace(":", "").replace("-", "").replace(".", "").isalnum() and len(head) <= 40


def _under(members: Iterable[Part], name: str) -> Iterator[Part]:
    for part in members:
        yield part if part.name or part.above else Part(name, part.text, "list member", part.kind)
        if part.name and not part.above:
            yield Part(part.name, part.text, part.place, part.kind, above=name)


def _strongest(parts: Iterable[Part], depth: int) -> Leak | None:
    best: Leak | None = None
    for part in parts:
        found = judge_part(part, depth)
        if found is not None and (best is None or _RANK[found.confidence] > _RANK[best.confidence]):
            best = found
            if best.confidence is Confidence.HIGH:
                break
    return best


def judge_part(part: Part, depth: int) -> Leak | None:
    """Return the leak that a part of a value is, at its place; None when it is none."""
    match part.kind:
        case None:
            found = judge(part.name, part.text, depth + 1, part.above)
            return Leak(found.kind, found.confidence, part.place) if found else None
        case "sentry-dsn" | "presigned-url":
            return Leak(part.kind, Confidence.LOW, part.place)
        case "url-password" | "default-password" | "url-token":
            return _login_password(part)
        case "path":
            found_kind = provider_of(part.text)
            return Leak(found_kind, Confidence.HIGH, part.place) if found_kind else None
        case "basic" | "authorization":
            return _credential(part)
        case _:
            return None if is_placeholder(part.text) else Leak(part.kind, Confidence.HIGH, part.place)


def _login_password(part: Part) -> Leak | None:
    text = part.text
    spoken = text.isupper() and all(word in SPEAKING or word.lower() in DEFAULTS for word in words(text))
    if spoken or is_reference(text) or is_placeholder(text):
        return None
    if provider := provider_of(text):
        return Leak(provider, Confidence.HIGH, part.place)
    weak = part.kind == "default-password" or text.lower() in DEFAULTS or len(text) < _SHORTEST
    kind = "url-token" if part.kind == "url-token" else "url-password"
    return Leak(kind, Confidence.LOW if weak else Confidence.HIGH, part.place)


def _credential(part: Part) -> Leak | None:
    """Judge what follows the scheme of an Authorization header."""
    if part.kind == "basic":
        data = blobs.decoded(part.text)
        login = blobs.readable(data) if data else None
        if login and ":" in login:
            password = login.partition(":")[2]
            return None if is_placeholder(password) else Leak("basic-credentials", Confidence.HIGH, part.place)
    if is_placeholder(part.text) or is_reference(part.text) or len(part.text) < 8:
        return None
    provider = provider_of(part.text)
    found = Leak(provider, Confidence.HIGH) if provider else weigh(Sense.SECRET, "authorization", part.text)
    return Leak(found.kind, found.confidence, part.place) if found else None


def _in_base64(text: str, depth: int) -> Leak | None:
    data = blobs.decoded(text) if len(text) >= 16 else None
    inner = blobs.readable(data) if data else None
    if inner is None or len(inner) < 8:
        return None
    speaks = (
        any(sign in inner for sign in "{:=-<\n") or provider_of(inner) or blobs.readable(blobs.decoded(inner) or b"\0")
    )
    return _inside_out(inner, depth, "base64") if speaks else None


def _inside_out(inner: str | None, depth: int, wrapping: str) -> Leak | None:
    """Return the leak in a text that was wrapped, with the wrapping as part of its place."""
    found = judge("", inner, depth + 1) if inner and depth < _DEEPEST else None
    if found is None:
        return None
    return Leak(found.kind, found.confidence, f"{wrapping}, {found.place}" if found.place else wrapping)


def _listed(sense: Sense, text: str, name: str, depth: int) -> Leak | None:
    if sense not in _MEMBERS_OF_LISTS and sense is not Sense.HINT:
        return None
    for delimiter in ",;|\n ":
        pieces = [piece for piece in text.split(delimiter) if piece.strip()]
        if 1 < len(pieces) <= 500 and all(len(piece.strip()) >= 12 and " " not in piece.strip() for piece in pieces):
            return _strongest([Part(name, piece.strip(), "list member") for piece in pieces], depth)
    return None


def _embedded(text: str) -> Leak | None:
    """Look for providers' forms inside a longer text."""
    if len(text) < 20:
        return None
    for piece in text.translate(_SEPARATORS).split(" ")[:5000]:
        if len(piece) >= 20 and piece != text and (found := provider_of(piece)) and not is_placeholder(piece):
            return Leak(found, Confidence.HIGH, "inside the text")
    return None

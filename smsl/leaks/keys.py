"""Private keys: PEM, OpenSSH, OpenPGP and PuTTY text, and the bare base64 of their DER."""

from __future__ import annotations

from smsl.leaks.blobs import decoded
from smsl.model.variable import Confidence, Leak

_LEAST_BODY = 40
_ENCRYPTED_OID = bytes.fromhex("2a864886f70d01050d")
_PUTTY = "PuTTY-User-Key"


def private_key(text: str) -> Leak | None:
    """Return the leak that a text with a PEM header, PuTTY's, or of bare base64 DER is; None for public keys."""
    if text.startswith(_PUTTY):
        return Leak("private-key", Confidence.HIGH) if "Private-Lines" in text else None
    if "-----BEGIN " in text:
        return _pem(text)
    return _der(text)


def _pem(text: str) -> Leak | None:
    for block in text.split("-----BEGIN ")[1:]:
        label, _, rest = block.partition("-----")
        if "PRIVATE KEY" not in label[:60]:
            continue
        body = rest.partition("-----END")[0].replace("\\n", "").replace("\\r", "")
        body = "".join(line for line in body.split() if ":" not in line)
        if len(body) >= _LEAST_BODY and len(set(body)) > 12 and "..." not in body:
            return Leak("private-key", Confidence.HIGH)
    return None


def _der(text: str) -> Leak | None:
    """Judge bare base64: a SEQUENCE that begins with the version number of a private key.

    Source: https://www.rfc-editor.org/rfc/rfc5958 (PKCS #8), rfc8017 (PKCS #1), rfc5915 (SEC 1)
    """
    data = decoded(text[: 1 << 16])
    if data is None or len(data) < _LEAST_BODY or data[0] != 0x30:
        return None
    length_bytes = data[1] & 0x7F if data[1] & 0x80 else 0
    inner = data[2 + length_bytes : 80]
    if inner[:2] == b"\x02\x01" and inner[2] in (0, 1, 3):
        return Leak("private-key", Confidence.HIGH)
    return Leak("private-key", Confidence.MEDIUM) if _ENCRYPTED_OID in inner else None

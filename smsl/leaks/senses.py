"""What the words of a name promise of its value: one table of words, read from the end of the name."""

from __future__ import annotations

from enum import Enum
from functools import lru_cache

from smsl.leaks.words import core, words


class Sense(Enum):
    """What a name promises."""

    PASSWORD = "password"
    """A person may have chosen it: any text that is not clearly something else."""
    SECRET = "secret"
    """Tokens and keys that a machine drew, and the secrets that people put in their place."""
    KEY = "key"
    """A key of unknown use: a secret only if it looks drawn at random."""
    LOGIN = "login"
    """A user with a password, or either of them."""
    WORDS = "words"
    """A passphrase or mnemonic: words are what it is made of."""
    HINT = "hint"
    """A word about secrets somewhere in the name."""
    SALT = "salt"
    """Debatable: half public."""
    PUBLIC = "public"
    """Public by design."""
    ABOUT = "about"
    """About a secret, and none itself: its name, length, header, file."""
    NONE = "none"


_SINGULAR = {
    "passwords": "password", "secrets": "secret", "tokens": "token", "keys": "key", "apikeys": "apikey",
    "passphrases": "passphrase",
    "credential": "credentials", "pats": "pat", "cookies": "cookie", "pwds": "pwd", "jwts": "jwt", "seeds": "seed",
}  # fmt: skip
PASSWORDS = frozenset({
    "password", "passwd", "pwd", "pass", "passcode", "pw", "pswd", "passwort", "pword", "pasword", "passw",
    "pwrd", "psw", "psswd",
    "contrasena", "senha", "mdp", "motdepasse", "kennwort", "parola", "wachtwoord", "haslo", "heslo", "jelszo",
    "losenord",
    "salasana", "sifre", "adgangskode", "clave", "lozinka", "passwrd", "userpass", "dbpass", "rootpw", "pin",
    "mima", "pas",
    "parol", "contrasenya", "sandi", "pssword", "passkey", "psk",
})  # fmt: skip
_WORDS = frozenset({"passphrase", "mnemonic", "keyphrase", "seedphrase"})
SECRETS = frozenset({
    "secret", "token", "apikey", "secretkey", "authtoken", "accesstoken", "tkn", "tok", "jwt", "bearer", "pat",
    "sas", "seed",
    "authkey", "sk", "signature", "geheimnis", "secreto", "segredo", "securitytoken", "apitoken", "appsecret",
    "clientsecret",
    "privatekey", "accesskey", "masterkey", "encryptionkey", "signingkey", "hmac", "oauth", "secretaccesskey",
    "sig", "sharedkey", "pepper", "totp", "otp", "wif",
})  # fmt: skip
KEYS_OF = frozenset({
    "api", "secret", "private", "access", "auth", "encryption", "encrypt", "crypto", "cipher", "signing", "sign",
    "signer",
    "signature", "master", "shared", "session", "service", "app", "application", "client", "admin", "hmac", "jwt",
    "aes", "rsa",
    "ssh", "gpg", "pgp", "deploy", "webhook", "hook", "write", "ingest", "ingestion", "integration",
    "subscription", "account",
    "root", "recovery", "storage", "server", "tls", "ssl", "cookie", "csrf", "wallet", "fernet", "decryption",
    "user", "rest",
    "management", "mgmt", "sdk", "insert", "query", "rails", "flask", "django", "laravel", "secure", "security",
    "auth0", "consumer", "developer", "bot", "authentication", "authorization", "license", "licence", "sending",
    "transactional",
})  # fmt: skip
"""Before ``key``: a key of this use is secret."""
_NOT_KEYS = frozenset(
    {
        "public",
        "pub",
        "publishable",
        "publish",
        "site",
        "kms",
        "cmk",
        "pusher",
        "anon",
        "host",
        "known",
        "object",
        "s3",
        "cache",
        "dedup",
        "idempotency",
        "vapidpublic",
        "instrumentation",
        "map",
        "hot",
        "foreign",
    }
)
"""Before ``key``: public, or no cryptographic key at all."""
_LOGINS = frozenset(
    {
        "auth",
        "authorization",
        "credentials",
        "creds",
        "cred",
        "login",
        "basic",
        "userpwd",
        "userpass",
        "logon",
        "htpasswd",
        "authn",
        "headers",
        "header",
    }
)
ABOUT = frozenset({
    "name", "names", "arn", "arns", "id", "ids", "uuid", "guid", "sid", "path", "paths", "file", "files",
    "filename", "dir",
    "directory", "folder", "host", "hosts", "hostname", "port", "ports", "ttl", "timeout", "length", "len",
    "size", "limit",
    "limits", "count", "min", "max", "age", "expiry", "expires", "expire", "expiration", "in", "seconds", "secs",
    "sec", "ms", "minutes",
    "mins", "hours", "days", "interval", "retries", "retry", "rate", "threshold", "window", "field", "fields",
    "claim", "claims", "prefix", "suffix", "type", "types", "kind", "mode", "method", "methods", "strategy",
    "algorithm",
    "algorithms", "alg", "algo", "spec", "format", "encoding", "usage", "source", "origin", "ttls", "store",
    "backend", "engine",
    "provider", "providers", "manager", "policy", "policies", "rotation", "version", "versions", "enabled",
    "disabled", "required",
    "enable", "disable", "allow", "allowed", "flag", "flags", "check", "checks", "region", "regions", "alias",
    "aliases",
    "issuer", "audience", "aud", "iss", "scope", "scopes", "realm", "tenant", "domain", "domains", "endpoint",
    "endpoints", "address", "addr",
    "contract", "symbol", "decimals", "table", "tables", "bucket", "buckets", "queue", "topic", "stream",
    "function", "lambda",
    "handler", "authorizer", "validator", "generator", "schema", "index", "collection", "user", "username",
    "usernames",
    "email", "owner", "group", "groups", "role", "roles", "plan", "level", "status", "state", "regex", "pattern",
    "template", "message",
    "subject", "body", "description", "label", "title", "prompt", "page", "link", "location", "serializer",
    "deserializer",
    "jmespath", "mapping", "layout", "space", "strength", "score", "char", "chars", "requirements", "characters",
    "iterations",
    "rounds", "cost", "digest", "checksum", "fingerprint", "sha", "etag", "thumbprint", "date", "time", "changed",
    "updated",
    "created", "at", "hint", "question", "alphabet", "charset", "parallelism", "model", "namespace",
    "environment", "transport",
    "param", "parameter", "parameters", "ssm", "vault", "resolver", "extractor", "class", "column", "columns",
    "attribute",
    "certificate", "cert", "certs", "ca", "crt", "csr", "cidr", "pool", "image", "tag", "tags", "redirect",
    "callback", "resource",
    "ref", "reference", "sources", "setting", "encrypted", "ciphertext", "enc", "hash", "hashes", "hashed", "kid",
    "jwks",
    "budget", "used", "per", "cache", "lifetime", "validity", "duration", "retention", "grace", "period", "reset",
    "phone", "number",
    "numbers", "symbols", "uppercase", "lowercase", "numeric", "digits", "complexity", "history", "attempts",
    "lockout",
    "delimiter", "separator", "case", "style", "order", "sort", "container", "cluster", "project", "workspace",
    "team", "org",
    "organization", "company", "country", "language", "locale", "zone", "timezone", "currency", "account",
})  # fmt: skip
"""As a name's last word, each says that the value is about a secret, and is none."""
_PAGING = frozenset({"next", "continuation", "page", "paging", "pagination", "idempotency", "change", "starting"})
"""Before ``token``: a place in a list, or which request it is."""
_NOTHINGS = frozenset({
    "param", "parameter", "parameters", "setting", "field", "fields", "attribute", "resource", "source", "sources",
    "origin", "index", "reference", "ref",
})  # fmt: skip
"""Of the words in ABOUT, those that say nothing at all where no other word speaks of a secret."""
_HINTING = frozenset({
    "crypto", "enc", "encryption", "cipher", "private", "apikey", "sec", "key", "webhook", "signer", "signing", "grant",
})  # fmt: skip
_HINTS_AT_THE_END = frozenset({"api", "cookie", "session", "refresh", "aes", "verify", "pk"})
_HINTS = SECRETS | PASSWORDS | _LOGINS | _HINTING
_ABOUT_PASSWORDS = frozenset({
    "empty", "allow", "require", "forgot", "forgotten", "reset", "invalid", "wrong", "incorrect", "bad", "weak",
    "missing",
})  # fmt: skip
"""Before ``password``: what is to be done about one, or said of one."""
_KINDS = {
    "jwt": "jwt-secret",
    "sk": "secret",
    "tkn": "token",
    "tok": "token",
    "pat": "token",
    "sas": "token",
    "oauth": "token",
}
_NEUTRAL_QUALIFIERS = frozenset(
    {
        "db",
        "database",
        "bdd",
        "banco",
        "bd",
        "admin",
        "root",
        "user",
        "smtp",
        "mail",
        "api",
        "app",
        "service",
        "redis",
        "mysql",
        "postgres",
        "pg",
        "ftp",
        "ssh",
        "ldap",
        "web",
        "server",
        "mongo",
        "usuario",
    }
)


@lru_cache(maxsize=4096)
def read_name(name: str) -> tuple[Sense, str, tuple[str, ...]]:
    """Return what a name promises, the kind of secret in a word for the reader, and the name's words."""
    whole = words(name)
    parts = tuple(_SINGULAR.get(word, word) for word in core(whole))
    sense, kind = _sense(parts, whole)
    return sense, kind, whole


def _sense(parts: tuple[str, ...], whole: tuple[str, ...]) -> tuple[Sense, str]:
    if not parts:
        return Sense.NONE, ""
    last = parts[-1]
    before = parts[-2] if len(parts) > 1 else ""
    if last == "key":
        return _key(before, parts)
    if last in PASSWORDS:
        about = before in _ABOUT_PASSWORDS
        return (Sense.ABOUT, "") if about else (Sense.PASSWORD, "pin" if last == "pin" else "password")
    if last in _WORDS:
        return Sense.WORDS, "passphrase"
    if last in SECRETS:
        if last == "token" and before in _PAGING:
            return Sense.ABOUT, ""
        return (Sense.PUBLIC, "") if before in ("public", "csrftoken") else (Sense.SECRET, _KINDS.get(last, last))
    if last in _LOGINS:
        return Sense.LOGIN, "credentials"
    if last == "salt":
        return Sense.SALT, "salt"
    if last in ABOUT and (last not in _NOTHINGS or any(word in _HINTS for word in whole)):
        return Sense.ABOUT, ""
    if last in ("license", "licence"):
        return Sense.KEY, "license-key"
    if last == "material" and before == "key":
        return Sense.SECRET, "key"
    if last in _HINTS_AT_THE_END or (last == "code" and before == "access"):
        return Sense.HINT, "api-key" if last == "api" else "secret"
    return _elsewhere(parts, whole)


def _key(before: str, parts: tuple[str, ...]) -> tuple[Sense, str]:
    if before in _NOT_KEYS or (len(parts) > 2 and parts[-3] in ("public", "publishable")):
        return Sense.PUBLIC, ""
    if (
        before in KEYS_OF
        or before.endswith(("api", "secret", "access", "private"))
        or any(word in ("api", "secret", "private", "encryption", "signing") for word in parts[:-1])
    ):
        return Sense.SECRET, f"{before}-key" if before in KEYS_OF else "key"
    return Sense.KEY, "key"


def _elsewhere(parts: tuple[str, ...], whole: tuple[str, ...]) -> tuple[Sense, str]:
    """Judge a name whose last word says nothing: ``MDP_BDD`` and ``SENHA_BANCO`` say it first."""
    for at, word in enumerate(parts[:-1]):
        if word in PASSWORDS and all(each in _NEUTRAL_QUALIFIERS for each in parts[at + 1 :]):
            return Sense.PASSWORD, "password"
    if any(word in _HINTS for word in whole):
        return Sense.HINT, "secret"
    return Sense.NONE, ""

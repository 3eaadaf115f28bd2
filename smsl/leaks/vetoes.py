"""What is no secret though its name says so: references, templates, placeholders, ciphertext, what is public."""

from __future__ import annotations

import re
from itertools import pairwise

from smsl.leaks.formats import has_form
from smsl.leaks.shapes import drawn, is_repeated, wordy
from smsl.leaks.words import words

REFERENCES: tuple[tuple[str, str], ...] = (
    # how the text begins, what resolves it
    ("arn:", "Amazon Resource Name"),
    ("{{resolve:", "CloudFormation dynamic reference"),
    ("ssm:", "Parameter Store URI"), ("ssm-secure:", "Parameter Store URI"), ("aws-ssm:", "Parameter Store URI"),
    ("awsssm:", "Parameter Store URI"), ("aws-parameterstore:", "Spring Cloud AWS"),
    ("sm://", "Secrets Manager or Google Secret Manager URI"), ("secretsmanager:", "Secrets Manager URI"),
    ("awssm:", "Secrets Manager URI"), ("aws-sm:", "Secrets Manager URI"),
    ("aws-secretsmanager:", "Spring Cloud AWS"),
    ("gcp-secret:", "Google Secret Manager"), ("gsm:", "Google Secret Manager"), ("gcpsm:", "Google Secret Manager"),
    ("akv://", "Azure Key Vault"), ("azurekeyvault:", "Azure Key Vault"), ("azkv:", "Azure Key Vault"),
    ("@Microsoft.KeyVault(", "Azure App Service"),
    ("vault:secret/", "HashiCorp Vault"), ("vault://", "HashiCorp Vault"), ("vault:kv/", "HashiCorp Vault"),
    ("op://", "1Password"), ("doppler://", "Doppler"), ("bws://", "Bitwarden"), ("keyring://", "keyring"),
    ("ref+", "vals"), ("env:", "another variable"), ("env://", "another variable"), ("file:", "a file"),
    ("secret://", "a secret store"), ("secretref:", "Azure Container Apps"), ("valueFrom:", "Kubernetes"),
    ("chamber://", "chamber"), ("berglas://", "Berglas"), ("s3://", "an object"), ("gs://", "an object"),
    ("rds!", "a secret that a service manages"), ("redshift!", "a secret that a service manages"),
    ("events!", "a secret that a service manages"), ("appflow!", "a secret that a service manages"),
    ("opsworks-cm!", "a secret that a service manages"), ("ecs-sc!", "a secret that a service manages"),
    ("alias/", "a KMS alias"), ("mrk-", "a KMS multi-region key"),
)  # fmt: skip
CIPHERTEXT: tuple[tuple[str, str], ...] = (
    ("AQICAH", "KMS ciphertext"), ("AQECAH", "KMS ciphertext"), ("AQIDAH", "KMS ciphertext"),
    ("AQEDAH", "KMS ciphertext"), ("AQEBAH", "KMS ciphertext"), ("kms:AQ", "KMS ciphertext"),
    ("0102020078", "KMS ciphertext, in hexadecimal"), ("0102030078", "KMS ciphertext, in hexadecimal"),
    ("U2FsdGVkX1", "OpenSSL, in base64"), ("!vault |", "Ansible Vault"),
    ("-----BEGIN AGE ENCRYPTED", "age"), ("LS0tLS1CRUdJTiBBR0UgRU5DUllQVEVE", "age, in base64"),
    ("LS0tLS1CRUdJTiBQR1AgTUVTU0FHR", "OpenPGP message, in base64"),
    ("vault:v", "Vault transit"), ("ENC[", "SOPS or eyaml"), ("ENC(", "Jasypt"), ("$ANSIBLE_VAULT", "Ansible Vault"),
    ("-----BEGIN PGP MESSAGE", "OpenPGP message"), ("age-encryption.org", "age"),
    ("YWdlLWVuY3J5cHRpb24ub3Jn", "age, in base64"),
    ("{cipher}", "Spring Cloud Config"), ("encrypted:", "encrypted, as it says itself"),
)  # fmt: skip
_ENVELOPES = ("AYAB", "AYAC", "AYAD", "AgR4", "AgV4")
"""How messages of the AWS Encryption SDK begin in base64: version, type, and the first byte of the suite.

Source: https://docs.aws.amazon.com/encryption-sdk/latest/developer-guide/message-format.html
"""
_LEAST_ENVELOPE = 150
"""Characters: the header alone, with one encrypted data key, is longer."""
PUBLIC: tuple[tuple[str, str], ...] = (
    # public by design: sent to browsers, or half of a pair
    ("pk_live_", "Stripe, Clerk, Paystack"), ("pk_test_", "Stripe, Clerk, Paystack"), ("pk-lf-", "Langfuse"),
    ("phc_", "PostHog project key"), ("pub", "Datadog client token"), ("pk.eyJ", "Mapbox"),
    ("sb_publishable_", "Supabase"),
    ("pubkey-", "Mailgun"), ("FLWPUBK", "Flutterwave"), ("rzp_live_", "Razorpay key id"),
    ("rzp_test_", "Razorpay key id"),
    ("ssh-rsa ", "SSH"), ("ssh-ed25519 ", "SSH"), ("ssh-dss ", "SSH"), ("ecdsa-sha2-", "SSH"),
    ("age1", "age recipient"),
    ("-----BEGIN PUBLIC KEY", "PEM"), ("-----BEGIN RSA PUBLIC KEY", "PEM"), ("-----BEGIN CERTIFICATE", "PEM"),
    ("-----BEGIN PGP PUBLIC KEY", "OpenPGP"), ("-----BEGIN SSH2 PUBLIC KEY", "SSH"), ("-----BEGIN X509 CRL", "PEM"),
    ("LS0tLS1CRUdJTiBQVUJMSUMg", "PEM in base64"), ("LS0tLS1CRUdJTiBDRVJUSUZJQ0FUR", "PEM in base64"),
    ("UA-", "Google Analytics"), ("GTM-", "Google Tag Manager"), ("G-", "Google Analytics"), ("amzn1.a", "Amazon id"),
    ("sha256:", "digest"), ("sha256-", "digest"), ("sha384-", "digest"), ("sha512-", "digest"), ("SHA256:", "digest"),
    ("md5:", "digest"), ("sha1:", "digest"), ("data:", "data URI"), ("price_", "Stripe id"), ("cus_", "Stripe id"),
    ("prod_", "Stripe id"), ("acct_", "Stripe id"), ("we_", "Stripe id"), ("plan_", "Stripe id"), ("price-", "id"),
    ("ami-", "AWS id"), ("vpc-", "AWS id"), ("subnet-", "AWS id"), ("eni-", "AWS id"), ("vpce-", "AWS id"),
    ("H4sI", "gzip in base64"), ("eJx", "zlib in base64"), ("eJz", "zlib in base64"), ("iVBOR", "PNG in base64"),
    ("/9j/", "JPEG in base64"), ("R0lGOD", "GIF in base64"), ("JVBERi", "PDF in base64"),
    ("PD94bWwg", "XML in base64"),
    ("UEsDB", "ZIP in base64"), ("AGFzbQ", "WebAssembly in base64"), ("PHN2Zy", "SVG in base64"),
    ("PGh0bW", "HTML in base64"),
)  # fmt: skip
PUBLIC_FORMS: tuple[tuple[str, str], ...] = (
    # as in smsl.leaks.providers: where the fixed text alone says too little
    ("live_{A32}", "Adyen client key"), ("test_{A32}", "Adyen client key"),
    ("live_{h27}", "Paddle client-side token"), ("test_{h27}", "Paddle client-side token"),
    ("sdk-{w16}", "GrowthBook client key"),
    ("public-token-live-{h8}-{h4}-{h4}-{h4}-{h12}", "Stytch"),
    ("public-token-test-{h8}-{h4}-{h4}-{h4}-{h12}", "Stytch"),
    ("B{u86}", "point of the curve P-256, as VAPID keys and push subscriptions are"),
)  # fmt: skip
_SHORT_PUBLIC = {"pub": 35, "UA-": 14, "G-": 12, "GTM-": 12, "age1": 70, "eJx": 10**9, "eJz": 10**9, "H4sI": 10**9}
_REFERENCE_STARTS = tuple(start.lower() for start, _ in REFERENCES)
_CIPHER_STARTS = tuple(start for start, _ in CIPHERTEXT)
_FORM_STARTS = tuple({form.partition("{")[0] for form, _ in PUBLIC_FORMS})
_PUBLIC_STARTS = tuple(start for start, _ in PUBLIC)

NOTHING = frozenset({
    "", "true", "false", "yes", "no", "on", "off", "none", "null", "nil", "na", "undefined", "unset", "empty",
    "notset",
    "disabled", "enabled", "disable", "enable", "unknown", "default", "auto", "optional", "required", "blank", "void",
    "notused", "unused", "notapplicable", "notavailable", "notconfigured", "notneeded", "awscurrent",
    "awsprevious", "iam", "vault",
    "prompt", "stdin", "missing", "any", "anonymous",
})  # fmt: skip
FILLERS = frozenset({
    "your", "yours", "insert", "enter", "example", "examples", "sample", "dummy", "fake", "placeholder",
    "redacted", "masked",
    "hidden", "sensitive", "todo", "fixme", "tbd", "replace", "replaceme", "changeme", "changethis", "xxx",
    "xxxx", "xxxxx",
    "secured", "removed", "omitted", "foobar", "goes", "secretsmanager", "keyvault", "obfuscated", "scrubbed",
    "fillme",
    "fillin", "openssl", "insecure",
    "filtered", "mustchange", "overridden", "overrideme", "setme", "abc123", "lorem", "mock", "notreal",
})  # fmt: skip
"""Words of which one is enough: the text around them tells the reader to put something else in its place."""
_FILLER_PAIRS = (
    ("change", "me"),
    ("change", "this"),
    ("change", "it"),
    ("replace", "me"),
    ("set", "me"),
    ("fill", "in"),
    ("put", "your"),
    ("get", "the"),
    ("local", "only"),
    ("to", "be"),
    ("not", "set"),
    ("do", "not"),
    ("set", "secure"),
    ("must", "be"),
    ("known", "after"),
    ("stored", "in"),
    ("kept", "in"),
    ("see", "vault"),
    ("in", "vault"),
    ("secrets", "manager"),
    ("secret", "manager"),
    ("managed", "by"),
    ("from", "ssm"),
    ("from", "secrets"),
    ("from", "vault"),
    ("see", "secrets"),
    ("ask", "the"),
    ("provided", "by"),
    ("supplied", "by"),
    ("injected", "by"),
    ("user", "provided"),
    ("set", "in"),
    ("defined", "in"),
    ("loaded", "from"),
    ("fetched", "from"),
    ("retrieved", "from"),
)
SPEAKING = frozenset({
    "my", "the", "a", "an", "some", "any", "this", "that", "here", "is", "of", "for", "from", "key", "keys",
    "token", "tokens",
    "secret", "secrets", "password", "passwd", "pwd", "pass", "passphrase", "api", "apikey", "app", "access",
    "auth", "client",
    "id", "value", "string", "code", "user", "username", "name", "test", "testing", "dev", "demo", "local",
    "random", "long",
    "secure", "strong", "very", "super", "private", "public", "signing", "session", "jwt", "bearer", "webhook",
    "oauth", "x",
    "tok", "uid", "sk", "pk", "ssn", "authorization", "header", "basic", "real", "service", "account", "admin",
    "generated",
})  # fmt: skip
"""Words that speak of a secret; text of nothing else names one, or stands where one should be."""
_TEMPLATE = (
    r"\$\{[^{}]*\}|\$\{\{[^{}]*\}\}|\{\{[^{}]*\}\}|\$\([^()]*\)|\$[A-Z_][A-Z0-9_]*|\$[a-z_]{3,}|%\([a-z_A-Z]{1,60}\)s|"
    r"%[A-Z_]{3,60}%|%s|%v|\{[a-zA-Z_0-9.]{0,60}\}|<[^<>]*>|@[A-Z_]{3,60}@|#\{[^{}]*\}|!(?:Ref|Sub|GetAtt) \S+|"
    r"<%=?[^%]*%>"
)
_SEQUENCES = ("xxxx", "abcdef", "12345678901234567890", "123456abc", "123456789abc", "1234567890abc")
"""How examples begin: what lies side by side on a keyboard or in the alphabet."""
_LONGEST = 4096
_RUN = r"(.)\1{4,}"
_SIGNS = r"[\W_]+"


def is_template(text: str) -> bool:
    """Tell text that something else fills in: ``${X}``, ``{{x}}``, ``$(x)``, ``$X``, ``%X%``, ``<x>``, ``%s``."""
    if not any(sign in text for sign in "$%{<@!#["):
        return False
    if is_expression(text) or any(mark in text for mark in ("[0-9", "[a-z", "[A-Z")):
        return True
    if text[0] == "<" and "," in text and all(piece.strip()[:1] == "<" and ">" in piece for piece in text.split(",")):
        return True
    found = re.search(_TEMPLATE, text)
    if found is None:
        return text.startswith("[") and text.endswith("]") and wordy(text) and '"' not in text
    whole = found.group()
    if whole.startswith("$") and whole[1:2] not in "{(":
        return whole == text
    rest = text.replace(whole, "", 1)
    return len(rest) <= 3 or (
        not drawn(rest) and len(whole) >= 3 and whole[0] in "${<" and (whole[1] in "{(" or text == whole)
    )


def is_expression(text: str) -> bool:
    """Tell a regular expression of a whole text, which may have the form of an address or of anything else."""
    return text[:1] == "^" and text[-1:] == "$"


def is_reference(text: str) -> bool:
    """Tell text that names where a value is kept, and ciphertext, which only its key opens."""
    return text.lower().startswith(_REFERENCE_STARTS) or ciphertext(text) is not None


def ciphertext(text: str) -> str | None:
    """Return what a text is encrypted by, if it is ciphertext, as the Lambda console's encryption helpers leave it.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html
    """
    if text.startswith(_CIPHER_STARTS):
        return next(kind for start, kind in CIPHERTEXT if text.startswith(start))
    return "AWS Encryption SDK" if len(text) >= _LEAST_ENVELOPE and text.startswith(_ENVELOPES) else None


def is_public(text: str) -> bool:
    """Tell text that is public by design: publishable keys, public keys, certificates, digests, ids, pictures."""
    if "PRIVATE KEY" in text:  # a certificate with its key behind it
        return False
    if text.startswith(_FORM_STARTS) and any(has_form(text, form) for form, _ in PUBLIC_FORMS):
        return True
    if not text.startswith(_PUBLIC_STARTS):
        return False
    start = next(start for start in _PUBLIC_STARTS if text.startswith(start))
    longest = _SHORT_PUBLIC.get(start)
    return longest is None or (len(text) <= longest and (start != "pub" or len(text) == longest))


def is_placeholder(text: str, name: tuple[str, ...] = ()) -> bool:
    """Tell text that stands where a secret should be.

    Args:
        text: The value.
        name: The words of the variable's name: ``my-openrouter-key`` in OPENROUTER_API_KEY says nothing else.
    """
    bare = re.sub(_SIGNS, "", text[:_LONGEST]).lower()
    if not bare:
        return len(set(text)) <= 3
    if 2 * sum(run.end() - run.start() for run in re.finditer(_RUN, bare)) >= len(bare):
        return True
    if bare in NOTHING or is_template(text) or is_repeated(bare[:64]) or "..." in text or "***" in text:
        return True
    if ("EXAMPLE" in text and " " not in text) or bare.startswith(_SEQUENCES):
        return True
    if len(text) > 120:
        return False
    said = words(text)
    letters = [word for word in said if not word.isdigit()]
    if any(word in FILLERS for word in letters) and not drawn(text):
        return True
    if any(pair in _FILLER_PAIRS for pair in pairwise(letters)) and not drawn(text):
        return True
    spoken = all(word in SPEAKING or word in name or len(word) == 1 for word in letters)
    return spoken and len(letters) > 1 and len(letters) == len(said) and bool(re.search(_SIGNS, text))

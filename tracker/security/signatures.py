"""Is a callback really Twilio's? (S14)

Twilio signs the address it calls and the sorted form fields with the account's auth token; newer
accounts may sign with a shared key and SHA-256. A signature has no time in it and stays valid for
ever: handlers must be idempotent.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Collection, Iterable
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from tracker.security.tokens import constant_time_equal

_DIGESTS: Final = {"HMAC_SHA1": "sha1", "HMAC_SHA256": "sha256"}
_PORTS: Final = {"http": 80, "https": 443}


def called_url(public_url: str, path: str, query: str = "") -> str:
    """The address as Twilio called it: the configured one and the raw path and query.

    Never from the Host header, which the caller chooses. `query` without "?"; both undecoded.
    """
    return public_url.rstrip("/") + path + (f"?{query}" if query else "")


def is_from_twilio(
    url: str,
    fields: Collection[tuple[str, str]],
    signature: str | None,
    tokens: Iterable[str],
    *,
    algorithm: str = "HMAC_SHA1",
) -> bool:
    """Was this call signed with one of the tokens?

    `fields` are all form fields in pairs, repeated and empty ones too (in Flask
    `list(request.form.items(multi=True))`). Give both tokens while one replaces the other. No
    header, no token or an empty token: no. `algorithm` is `HMAC_SHA1`, or what the header
    `X-Twilio-Webhooks-Signature-Settings` names.
    """
    digest = _DIGESTS.get(algorithm.upper())
    if not signature or digest is None:
        return False
    genuine = False
    for token in tokens:
        if token:
            for form in _with_and_without_port(url):
                expected = twilio_signature(form, fields, token, digest)
                genuine |= constant_time_equal(expected, signature)
    return genuine


def twilio_signature(
    url: str, fields: Collection[tuple[str, str]], token: str, digest: str = "sha1"
) -> str:
    """What Twilio puts in `X-Twilio-Signature`: equal pairs count once, pairs are sorted."""
    signed = url + "".join(name + value for name, value in sorted(set(fields)))
    mac = hmac.digest(token.encode(), signed.encode("utf-8", "surrogatepass"), digest)
    return base64.b64encode(mac).decode()


def _with_and_without_port(url: str) -> list[str]:
    """Twilio is not consistent in signing the port (its own validator tries both)."""
    parts = urlsplit(url)
    host = parts.netloc.removesuffix(f":{parts.port}")
    port = parts.port or _PORTS.get(parts.scheme, 443)
    return [
        urlunsplit(parts._replace(netloc=host)),
        urlunsplit(parts._replace(netloc=f"{host}:{port}")),
    ]

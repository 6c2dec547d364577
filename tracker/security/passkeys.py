"""Passkeys (WebAuthn Level 2): what the browser is asked, and whether its answer is right.

Kept of a passkey are its id, its public key and how often it has signed. An answer counts for one
site and one challenge; whoever makes the challenge sees to it that it counts once.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from tracker.security.errors import SecurityError

LONGEST_ANSWER: Final = 16_384


class PasskeyRefused(SecurityError):
    """The browser's answer is not right; the message never says why."""

    def __init__(self) -> None:
        super().__init__("The answer of a passkey was refused.")


@dataclass(frozen=True, slots=True)
class Site:
    """For whom a passkey is: one host, reached by one address."""

    host: str
    origin: str
    name: str


@dataclass(frozen=True, slots=True)
class Registered:
    """A new passkey, as it is kept."""

    credential_id: bytes
    credential: bytes
    sign_count: int


def site_of(base_url: str, name: str) -> Site | None:
    """The site of an address; None where there can be no passkeys: browsers want a name."""
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    try:
        ip_address(host)
    except ValueError:
        return Site(host, f"{parts.scheme}://{parts.netloc}", name) if host else None
    return None


def creation_options(
    site: Site, user_id: str, user_name: str, known: Collection[bytes], challenge: bytes
) -> str:
    """JSON for `navigator.credentials.create`; `known` passkeys are not made a second time."""
    user = PublicKeyCredentialUserEntity(
        name=user_name, id=user_id.encode(), display_name=user_name
    )
    options, _state = _server(site).register_begin(
        user,
        [AttestedCredentialData(one) for one in known],
        resident_key_requirement=ResidentKeyRequirement.PREFERRED,
        user_verification=UserVerificationRequirement.PREFERRED,
        challenge=challenge,
    )
    return json.dumps(dict(options))


def register(site: Site, challenge: bytes, answer: str) -> Registered:
    """The passkey an answer brings. Raises PasskeyRefused."""
    read = _read(answer)
    try:
        made = _server(site).register_complete(_state(challenge, verified=False), read)
        data = made.credential_data
    except Exception as error:  # whatever a stranger sends
        raise PasskeyRefused from error
    if data is None:
        raise PasskeyRefused
    return Registered(bytes(data.credential_id), bytes(data), made.counter)


def request_options(
    site: Site, known: Collection[bytes] | None, challenge: bytes, *, verified: bool
) -> str:
    """JSON for `navigator.credentials.get`; `known` None asks for any passkey of this site.

    `verified`: the device must have made sure who holds it, by PIN, finger or face.
    """
    options, _state = _server(site).authenticate_begin(
        None if known is None else [AttestedCredentialData(one) for one in known],
        user_verification=_verification(verified=verified),
        challenge=challenge,
    )
    return json.dumps(dict(options))


def credential_id_of(answer: str) -> bytes:
    """Which passkey an answer says to come from. Raises PasskeyRefused."""
    try:
        return bytes(websafe_decode(_read(answer)["rawId"]))
    except (KeyError, TypeError, ValueError) as error:
        raise PasskeyRefused from error


def check(site: Site, challenge: bytes, credential: bytes, answer: str, *, verified: bool) -> int:
    """Is it the passkey's signature of the challenge? How often it has signed, as it says.

    Raises PasskeyRefused.
    """
    read = _read(answer)
    try:
        _server(site).authenticate_complete(
            _state(challenge, verified=verified), [AttestedCredentialData(credential)], read
        )
        return AuthenticationResponse.from_dict(read).response.authenticator_data.counter
    except Exception as error:  # whatever a stranger sends
        raise PasskeyRefused from error


def _server(site: Site) -> Fido2Server:
    rp = PublicKeyCredentialRpEntity(name=site.name, id=site.host)
    return Fido2Server(rp, verify_origin=lambda origin: origin == site.origin)


def _state(challenge: bytes, *, verified: bool) -> dict[str, Any]:
    """What the library made of the challenge when it asked."""
    return {
        "challenge": websafe_encode(challenge),
        "user_verification": _verification(verified=verified),
    }


def _verification(*, verified: bool) -> UserVerificationRequirement:
    kinds = UserVerificationRequirement
    return kinds.REQUIRED if verified else kinds.PREFERRED


def _read(answer: str) -> dict[str, Any]:
    if len(answer) > LONGEST_ANSWER:
        raise PasskeyRefused
    try:
        read = json.loads(answer)
    except (ValueError, RecursionError) as error:
        raise PasskeyRefused from error
    if not isinstance(read, dict):
        raise PasskeyRefused
    return read

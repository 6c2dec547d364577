"""A passkey in software: what a phone or security key does, with its faults to choose from."""

from __future__ import annotations

import hashlib
import json
import secrets
import struct
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.utils import websafe_decode, websafe_encode

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


@dataclass
class Authenticator:
    """One credential. `counts` False: a kind that says 0 each time; `verifies`: asks for a PIN."""

    origin: str
    verifies: bool = True
    counts: bool = True
    count: int = 0
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def make(self, options: str) -> str:
        """The answer to `navigator.credentials.create`."""
        asked = json.loads(options)["publicKey"]
        public = self.key.public_key().public_numbers()
        cose = cbor.encode(
            {1: 2, 3: -7, -1: 1, -2: public.x.to_bytes(32), -3: public.y.to_bytes(32)}
        )
        attested = (
            bytes(16) + struct.pack(">H", len(self.credential_id)) + self.credential_id + cose
        )
        data = self._data(asked["rp"]["id"], ATTESTED) + attested
        made = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer(
            {
                "clientDataJSON": self._client("webauthn.create", asked["challenge"]),
                "attestationObject": made,
            }
        )

    def use(self, options: str) -> str:
        """The answer to `navigator.credentials.get`."""
        asked = json.loads(options)["publicKey"]
        data = self._data(asked["rpId"], 0)
        client = self._client("webauthn.get", asked["challenge"])
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            {"clientDataJSON": client, "authenticatorData": data, "signature": signature}
        )

    def _data(self, host: str, flags: int) -> bytes:
        self.count += self.counts
        flags |= PRESENT | (VERIFIED if self.verifies else 0)
        return hashlib.sha256(host.encode()).digest() + struct.pack(">BI", flags, self.count)

    def _client(self, kind: str, challenge: str) -> bytes:
        told = {"type": kind, "challenge": challenge, "origin": self.origin}
        assert websafe_decode(challenge)
        return json.dumps(told).encode()

    def _answer(self, response: dict[str, bytes]) -> str:
        known = websafe_encode(self.credential_id)
        parts: dict[str, Any] = {name: websafe_encode(value) for name, value in response.items()}
        return json.dumps({"id": known, "rawId": known, "type": "public-key", "response": parts})

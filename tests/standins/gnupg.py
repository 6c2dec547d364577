"""GnuPG with keys of invented people: what readers have, and the judge of what we encrypt."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from tests.need import need

THEN = "20200101T000000"
"""Keys made at this instant for a year have long expired."""


@dataclass
class GnuPG:
    """A home of its own, in a short path: its agent's socket must fit into 108 bytes."""

    home: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="gpg")))

    def key(self, name: str, *, encrypts: str = "never", at: str = "") -> str:
        """A new public key, armored, whose part that encrypts lives so long; "" for none."""
        when = ("--faked-system-time", at) if at else ()
        self._run(*when, "--quick-gen-key", self.mail(name), "ed25519", "cert,sign", "never")
        if encrypts:
            self.add_part(name, encrypts, at=at)
        return self.exported(name)

    def add_part(self, name: str, lives: str, at: str = "") -> str:
        """One more subkey that encrypts; the public key then."""
        when = ("--faked-system-time", at) if at else ()
        fingerprint = self.fingerprint(name)
        self._run(*when, "--quick-add-key", fingerprint, "cv25519", "encr", lives)
        return self.exported(name)

    def revoked(self, name: str) -> str:
        """The key with its revocation."""
        folder = self.home / "openpgp-revocs.d"
        text = (folder / f"{self.fingerprint(name)}.rev").read_text()
        self._run("--import", content=text.replace(":-----BEGIN", "-----BEGIN").encode())
        return self.exported(name)

    def fingerprint(self, name: str) -> str:
        """Of the primary key."""
        listed = self._run("--with-colons", "--list-keys", self.mail(name)).decode()
        return next(line.split(":")[9] for line in listed.splitlines() if line.startswith("fpr"))

    def exported(self, name: str, *, secret: bool = False) -> str:
        """As armored text."""
        what = "--export-secret-keys" if secret else "--export"
        return self._run("--armor", what, self.mail(name)).decode()

    def decrypted(self, message: str) -> bytes:
        """What is inside. Fails when GnuPG cannot open it."""
        return self._run("--decrypt", content=message.encode())

    def close(self) -> None:
        """End its agent, throw its home away."""
        subprocess.run(
            ["gpgconf", "--homedir", str(self.home), "--kill", "all"], check=False, timeout=20
        )
        shutil.rmtree(self.home, ignore_errors=True)

    @staticmethod
    def mail(name: str) -> str:
        return f"{name}@example.net"

    def _run(self, *arguments: str, content: bytes = b"") -> bytes:
        usual = ("--batch", "--quiet", "--no-tty", "--pinentry-mode", "loopback")
        command = [need("gpg"), "--homedir", str(self.home), *usual, "--passphrase", "", *arguments]
        done = subprocess.run(command, input=content, capture_output=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr.decode(errors="replace")
        return done.stdout

"""What can go wrong with a lock.

    SecurityError (a TrackerError)
    ├── KeyRingError       the key ring file is missing, unsafe or damaged: tell the operator
    ├── KeyWithheld        this process was not given that key (S2)
    ├── CannotOpen         a sealed value does not open: wrong key, moved, changed or cut
    │   └── KeyMissing     the ring has no key of that id: an older copy of the ring?
    ├── Busy               too many password checks or pictures at once: try again (S11, S15)
    ├── PasswordRefused    too short, too long, too common, unreadable
    ├── KeyRefused         an OpenPGP key that cannot be encrypted to (S4)
    ├── PictureRefused     no picture, too large, damaged (S15)
    └── TextRefused        too long, control characters, empty, a line break in a header (S16)

Messages are English for logs and the command line and never hold a secret or what a person typed.
Doors that speak to people choose their translated sentence by `code`.
"""

from __future__ import annotations

from typing import Final

from tracker.domain.errors import Refused, TrackerError

RETRY_AFTER_SECONDS: Final = 5
"""Value for a `Retry-After` header when `Busy` is raised."""


class SecurityError(TrackerError):
    """Base of everything raised by `tracker.security`."""


class KeyRingError(SecurityError):
    """The key ring cannot be used; the message is one sentence that says what to do.

    `code` is one of `missing`, `unreadable`, `exposed`, `foreign`, `damaged`, `weak`, `would_lose`,
    `unwritable`.
    """

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class KeyWithheld(SecurityError):
    """This process was started without the key for `purpose` (S2)."""

    def __init__(self, purpose: str) -> None:
        super().__init__(f"This process does not hold the key for {purpose}.")
        self.purpose = purpose


class CannotOpen(SecurityError):
    """A sealed value does not open. The message never says why."""

    def __init__(self, sentence: str = "A sealed value cannot be opened with these keys.") -> None:
        super().__init__(sentence)


class KeyMissing(CannotOpen):
    """The ring has no wrapping key `kek_id`; ids are not secret."""

    def __init__(self, kek_id: str) -> None:
        super().__init__(
            f"The key ring has no key {kek_id}: point TRACKER_KEYS at the newest copy of the ring."
        )
        self.kek_id = kek_id


class Busy(SecurityError):
    """All places for slow work are taken; answer 503 with `RETRY_AFTER_SECONDS`."""

    def __init__(self) -> None:
        super().__init__("Too much is being checked at once; try again in a moment.")


class PasswordRefused(SecurityError, Refused):
    """`code` is one of `too_short`, `too_long`, `common`, `unreadable`."""

    def __init__(self, code: str) -> None:
        super().__init__(f"The password was refused: {code}.")
        self.code = code


class KeyRefused(SecurityError, Refused):
    """`code`: `unreadable`, `several`, `secret`, `revoked`, `expired`, `cannot_encrypt`."""

    def __init__(self, code: str) -> None:
        super().__init__(f"The OpenPGP key was refused: {code}.")
        self.code = code


class PictureRefused(SecurityError, Refused):
    """`code`: `empty`, `too_large`, `heic`, `pdf`, `no_picture`, `too_many_pixels`, `damaged`."""

    def __init__(self, code: str) -> None:
        super().__init__(f"The picture was refused: {code}.")
        self.code = code


class TextRefused(SecurityError, Refused):
    """`code` is one of `too_long`, `control`, `empty`, `line_break`."""

    def __init__(self, code: str) -> None:
        super().__init__(f"The text was refused: {code}.")
        self.code = code

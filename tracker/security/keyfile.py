"""A small secret file: read only if nobody else can, replaced whole or not at all."""

from __future__ import annotations

import fcntl
import os
import secrets
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from tracker.security.errors import KeyRingError

MAX_BYTES: Final = 1_000_000


def read(path: Path) -> bytes:
    """The file's bytes. Raises `KeyRingError` when absent, not a file, or open to other people.

    Mode and owner are those of the opened file, so it cannot be exchanged between check and read.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        raise KeyRingError(
            "missing",
            f"There is no key ring at {path}: run `tracker init`, or set TRACKER_KEYS to the file.",
        ) from None
    except OSError as error:
        raise KeyRingError(
            "unreadable",
            f"The key ring {path} cannot be read ({error.strerror}): let the tracker's own user"
            " read it.",
        ) from None
    try:
        _check(path, os.fstat(descriptor))
        content = os.read(descriptor, MAX_BYTES + 1)
    finally:
        os.close(descriptor)
    if len(content) > MAX_BYTES:
        raise KeyRingError(
            "damaged", f"The key ring {path} is damaged: restore it from its offline copy."
        )
    return content


def _check(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise KeyRingError(
            "unreadable", f"{path} is not a file: set TRACKER_KEYS to the key ring file."
        )
    if status.st_mode & 0o077:
        raise KeyRingError("exposed", f"Other users can open the key ring: run `chmod 600 {path}`.")
    if status.st_uid not in (0, os.geteuid()):
        raise KeyRingError(
            "foreign",
            f"The key ring {path} belongs to another user: make the tracker's own user its owner.",
        )


@contextmanager
def replacing(path: Path) -> Iterator[Callable[[bytes], None]]:
    """Lock the folder and yield a function that puts new bytes at `path`, mode 0600.

    After a crash the old file or the new one is there, never half of one; when the function
    returns the change is on disk. Raises `KeyRingError` when the folder cannot be written.
    """
    try:
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise _unwritable(path, error) from None
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield lambda content: _replace(path, folder, content)
    finally:
        os.close(folder)


def _replace(path: Path, folder: int, content: bytes) -> None:
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                os.fchmod(descriptor, 0o600)
                file.write(content)
                file.flush()
                os.fsync(descriptor)
            os.replace(fresh, path)
        except BaseException:
            with suppress(FileNotFoundError):
                fresh.unlink()
            raise
        os.fsync(folder)
    except OSError as error:
        raise _unwritable(path, error) from None


def _unwritable(path: Path, error: OSError) -> KeyRingError:
    return KeyRingError(
        "unwritable",
        f"The key ring {path} cannot be written ({error.strerror}): make its folder writable for"
        " the tracker's own user.",
    )

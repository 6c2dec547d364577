"""What providers took, noted in a file at once, until the record says so too (D2, D4).

Between the provider's answer and our commit lie some hundredths of a second, in which many mails
may be in hand; a process killed there would leave them in doubt, and a mail cannot be looked for. A
line in a file outlives the process, though not the machine. It only ever says "taken": what
is not noted, or not whole, is in doubt as before, so a lost note costs a repeat and never a
message. Only workers with the same instance folder see it: where several machines share a
database, another may come first and repeat what is noted here. It holds ids of rows and of
messages at providers, and nothing else (S1).
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Final

Try = tuple[str, int]
"""An outbox row, and which try of it."""

FOLDER: Final = "taken"


class Notes:
    """One process's file. Threads may write to it at the same time."""

    def __init__(self, file: int) -> None:
        self._file = file
        self.kept_since: datetime | None = None
        """When something could last not be recorded, in UTC: all is kept until it is."""

    def write(self, tries: Sequence[Try], provider_id: str | None) -> None:
        """A provider took the message of these tries."""
        note = json.dumps({"provider_id": provider_id, "tries": tries})
        line = f"\n{note}\n"  # begun anew: the last may have been cut short by a full disk
        with suppress(OSError):  # a full disk makes the note fail, and must not the sending
            os.write(self._file, line.encode())

    def rows(self) -> frozenset[str]:
        """The rows that are noted. Raises OSError."""
        size = os.fstat(self._file).st_size
        return frozenset(row_id for row_id, _number in _read(os.pread(self._file, size, 0)))

    def clear(self) -> None:
        """All of it is in the record by now."""
        self.kept_since = None
        with suppress(OSError):
            os.ftruncate(self._file, 0)


@contextmanager
def notes(instance: Path) -> Iterator[Notes]:
    """A file of one's own in an instance folder, for the life of a worker. Raises OSError."""
    folder = instance / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / secrets.token_hex(8)
    while not os.fstat(file := _locked(path)).st_nlink:  # done away with before it was locked
        os.close(file)
    try:
        yield Notes(file)
        if not os.fstat(file).st_size:
            path.unlink(missing_ok=True)
    finally:
        os.close(file)


def read(instance: Path) -> dict[Try, str | None]:
    """What is noted in an instance folder: tries, and the ids their providers gave."""
    found = dict[Try, str | None]()
    for path in (instance / FOLDER).glob("*"):
        with suppress(OSError):  # its process ended well meanwhile, or it cannot be read
            found |= _read(path.read_bytes())
    return found


def forget(instance: Path, needed: Collection[str]) -> None:
    """Do away with the files of the dead that name none of these rows."""
    for path in (instance / FOLDER).glob("*"):
        with suppress(OSError), path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # raises while its process lives
            if not any(row_id in needed for row_id, _number in _read(file.read())):
                path.unlink()


def _locked(path: Path) -> int:
    """A new file, with the lock that says that its process lives."""
    file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
    except OSError:
        os.close(file)
        raise
    return file


def _read(written: bytes) -> dict[Try, str | None]:
    """Notes that are whole; a line that was cut short, or is none of ours, says nothing."""
    found = dict[Try, str | None]()
    for line in written.splitlines(keepends=True):
        if line.endswith(b"\n"):  # else its writer died over it
            with suppress(ValueError, KeyError, TypeError):
                noted = json.loads(line)
                found |= dict.fromkeys(map(_try, noted["tries"]), noted["provider_id"])
    return found


def _try(noted: list[str | int]) -> Try:
    row_id, number = noted
    return str(row_id), int(number)

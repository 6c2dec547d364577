"""What commands share: settings, services, and errors that are one sentence."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click
from sqlalchemy.exc import OperationalError

from tracker.bootstrap import Services, build
from tracker.domain.errors import MalformedDocument, TrackerError
from tracker.settings import Settings, SettingsError, load, refuse_unsafe

Command = TypeVar("Command", bound=Callable[..., Any])

WRONG_USE = 2
FAILURE = 1


def fail(sentence: str, status: int = FAILURE) -> NoReturn:
    """End with one sentence on standard error."""
    click.echo(sentence, err=True)
    raise SystemExit(status)


def one_sentence(command: Command) -> Command:
    """Turn the product's own exceptions into one sentence and an exit status."""

    @wraps(command)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except (MalformedDocument, SettingsError) as error:
            fail(str(error), WRONG_USE)
        except TrackerError as error:
            fail(str(error))
        except OperationalError as error:
            why = str(error.orig).splitlines()[0]  # the driver's own words; they hold no values
            fail(
                f"The database cannot be used ({why}); see that it runs and has room, and that"
                " TRACKER_DATABASE_URL names it."
            )

    return guarded  # type: ignore[return-value]  # same signature, by wraps


def settings(instance: Path | None = None) -> Settings:
    """The settings of this instance, refused when they are unsafe (S17)."""
    return refuse_unsafe(load(os.environ, instance))


def services(instance: Path | None = None) -> Services:
    """The services of an instance that was set up."""
    found = settings(instance)
    if not found.keys.is_file():
        fail(
            f"There is no instance in {found.instance.absolute()}. If yours is elsewhere, go to the"
            " folder it lies in or set TRACKER_INSTANCE; only for a new one run:"
            " tracker init --admin you@example.org"
        )
    return build(found)


def write_private(path: Path, content: str | bytes) -> None:
    """A new file that its owner alone can read; one that is there already is left alone."""
    raw = content.encode() if isinstance(content, str) else content
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(raw)
    except FileExistsError:
        fail(f"{path} is there already; name a new file.")
    except OSError as error:
        fail(f"{path} cannot be written ({error.strerror}); name another.")


@contextmanager
def progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal, nothing elsewhere: call it with what is done, and of how much."""
    quiet = not sys.stderr.isatty()
    with click.progressbar(length=1, label=label, file=sys.stderr, hidden=quiet) as bar:

        def show(done: int, of: int) -> None:
            bar.length = of
            bar.update(done - bar.pos)

        yield show

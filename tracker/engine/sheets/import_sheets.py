"""A sheet on its way in through a page: uploaded, its columns said, tried, brought in.

It never lies in clear: until it is brought in or thrown away, at the latest after a day, it is a
draft, sealed with the office's key (S1). Trying and bringing in are the same code as the command's;
a try is undone. Of a run that is under way only two numbers are seen: steps done, and steps in all.
"""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from tracker.domain.actor import Actor
from tracker.domain.errors import Refused
from tracker.domain.moments import format_instant
from tracker.engine.desk import Desk
from tracker.engine.power import Power
from tracker.engine.sheets.import_columns import guess
from tracker.engine.sheets.importing import bring_in, understand
from tracker.engine.sheets.sheets import Sheet, SheetRow, read_sheet
from tracker.engine.staff.visits import real_now
from tracker.i18n.words import _
from tracker.store import drafts
from tracker.store.schema import Draft

KIND: Final = "import"
MOST_SHEETS: Final = 5
"""Sheets one person may have waiting."""

MOST_ROWS: Final = 300
"""Rows of a sheet that a page takes: while they are written nobody else can write."""

_EVERY: Final = 10
log = logging.getLogger(__name__)
Document = dict[str, Any]


class _Undone(Exception):
    """A try has ended: nothing of it is kept."""


def upload(desk: Desk, name: str, content: bytes) -> str:
    """Read a file and keep it sealed; the token of the sheet.

    Raises Refused for what is no sheet, is too long for a page, or is one too many.
    """
    sheet = read_sheet(content)
    _fits_a_page(sheet)
    if len(mine(desk)) >= MOST_SHEETS:
        raise Refused(_("You have %(n)s sheets here already. Throw one away.", n=MOST_SHEETS))
    document = {"name": name, **_read_so(sheet, content)}
    desk.audit("import.uploaded", "import", rows=len(sheet.rows))
    token = drafts.begin(
        desk.session, desk.safe, KIND, real_now(desk), document, person_id=desk.person_id
    )
    draft = find(desk, token)
    assert draft is not None
    drafts.keep(desk.safe, draft, document | {"token": token})  # to lead its person back to it
    return token


def read_again(desk: Desk, draft: Draft, codec: str) -> None:
    """Read a CSV file anew, in the code page that a person says. Raises Refused where it cannot."""
    document = opened(desk, draft)
    if "content" not in document or document["state"] in ("running", "applied"):
        raise Refused(_("This file says itself in which encoding it is."))
    content = base64.b64decode(document["content"])
    sheet = read_sheet(content, codec)
    _fits_a_page(sheet)
    drafts.keep(desk.safe, draft, document | _read_so(sheet, content))


def _fits_a_page(sheet: Sheet) -> None:
    if len(sheet.rows) > MOST_ROWS:
        raise Refused(
            _(
                "This file has %(n)s rows. A page takes %(most)s: split it, or ask whoever runs "
                "the tracker to use “tracker import”.",
                n=len(sheet.rows),
                most=MOST_ROWS,
            )
        )
    if not sheet.rows:
        raise Refused(_("This file names columns, but has no rows."))


def _read_so(sheet: Sheet, content: bytes) -> Document:
    """What is kept of a file; the file itself only while it may have to be read otherwise."""
    document: Document = {
        "columns": list(sheet.columns),
        "rows": [[row.number, dict(row.cells)] for row in sheet.rows],
        "said": guess(sheet.columns),
        "told": False,
        "state": "new",
        "codec": sheet.codec,
    }
    if sheet.codec:
        document["content"] = base64.b64encode(content).decode("ascii")
    return document


def mine(desk: Desk) -> list[Draft]:
    """The sheets that wait for the asking person, the newest first."""
    return drafts.of_person(desk.session, KIND, desk.person_id or "", real_now(desk))


def find(desk: Desk, token: str, *, lock: bool = False) -> Draft | None:
    """The asking person's sheet of this token; somebody else's is as if absent."""
    found = drafts.find(desk.session, KIND, token, real_now(desk), lock=lock)
    return found if found is not None and found.person_id == desk.person_id else None


def opened(desk: Desk, draft: Draft) -> Document:
    """What the sheet holds and what became of it."""
    return drafts.answers(desk.safe, draft)


def sheet_of(document: Document) -> Sheet:
    """The rows as they were read from the file."""
    rows = tuple(SheetRow(number, cells) for number, cells in document["rows"])
    return Sheet(tuple(document["columns"]), rows)


def say(desk: Desk, draft: Draft, columns: Mapping[str, str], *, told: bool) -> None:
    """What the columns mean, and whether those concerned know what is overdue already."""
    document = opened(desk, draft)
    if document["state"] == "applied":
        raise Refused(_("This sheet was brought in already."))
    document |= {"said": dict(columns), "told": told, "state": "said"}
    document.pop("outcome", None)  # it was of other columns
    drafts.keep(desk.safe, draft, document)


def start(desk: Desk, draft: Draft, *, apply: bool) -> None:
    """Note that a run begins. Raises Refused where it cannot."""
    document = opened(desk, draft)
    if document["state"] == "applied":
        raise Refused(_("This sheet was brought in already."))
    if apply and not _is_tried(document):
        raise Refused(_("Try the sheet first: it is brought in when nothing is wrong with it."))
    document |= {"state": "running", "apply": apply, "began_at": format_instant(real_now(desk))}
    drafts.keep(desk.safe, draft, document)
    show_progress(desk, draft.id, 0, len(document["rows"]))


def _is_tried(document: Document) -> bool:
    """Whether it can be brought in: what would come of it was seen, and nothing is wrong. Bringing
    in may be begun again where it was broken off."""
    seen = document["state"] == "tried" or (document["state"] == "running" and document["apply"])
    return seen and not document["outcome"]["faults"]


def run(power: Power, actor: Actor, token: str, *, apply: bool) -> None:
    """Try a sheet, or bring it in, in one transaction; what came of it is kept with the sheet.

    The writer's lock is held only while rows are written. A second run of one sheet waits for the
    first, and finds it done.
    """
    told: Document = {"state": "tried"}
    try:
        with power.reading(actor) as desk:
            draft = find(desk, token)
            if draft is None:
                return
            document = opened(desk, draft)
            steps = 2 * len(document["rows"])
            understood = understand(
                desk,
                sheet_of(document),
                columns=document["said"],
                told_already=document["told"],
                progress=_shown(desk, draft.id, 0, steps),
            )
        told["outcome"] = asdict(understood.outcome)
        if not understood.outcome.faults:
            with power.desk(actor) as desk:
                draft = find(desk, token, lock=True)
                if draft is None or opened(desk, draft)["state"] == "applied":
                    return
                shown = _shown(desk, draft.id, len(document["rows"]), steps)
                outcome = bring_in(desk, understood, shown)
                told["outcome"] = asdict(outcome)
                if not apply or outcome.faults:
                    raise _Undone
                told |= {"state": "applied", "columns": [], "rows": [], "said": {}, "content": ""}
                drafts.keep(desk.safe, draft, document | told)
    except _Undone:
        log.debug("a sheet was tried")
    except Exception as error:  # the page says so; nothing of the sheet is kept in a log
        log.error("an import failed: %s", type(error).__name__)
        told = {"state": "failed", "says": str(error) if isinstance(error, Refused) else ""}
    _end(power, actor, token, told)


def discard(desk: Desk, draft: Draft) -> None:
    """Throw a sheet away."""
    progress_file(desk, draft.id).unlink(missing_ok=True)
    drafts.discard(desk.session, draft)
    desk.audit("import.discarded", "import")


def progress(desk: Desk, draft: Draft) -> tuple[int, int] | None:
    """Steps done and steps in all of a run; None where no run has shown itself."""
    try:
        done, of = progress_file(desk, draft.id).read_text("ascii").split()
        return int(done), int(of)
    except (OSError, ValueError):
        return None


def moved_at(desk: Desk, draft: Draft, began_at: datetime) -> datetime:
    """When the run was last seen to move."""
    try:
        stamp = progress_file(desk, draft.id).stat().st_mtime
        return max(began_at, datetime.fromtimestamp(stamp, began_at.tzinfo))
    except OSError:
        return began_at


def progress_file(desk: Desk, draft_id: str) -> Path:
    """Two numbers beside the database: within the run's transaction nobody else could see them."""
    return desk.settings.instance / f"import-{draft_id}.progress"


def show_progress(desk: Desk, draft_id: str, done: int, of: int) -> None:
    """Let other processes of this machine see how far a run is."""
    try:
        progress_file(desk, draft_id).write_text(f"{done} {of}", "ascii")
    except OSError:  # a folder that cannot be written holds up no import
        log.debug("the progress of an import cannot be shown")


def _shown(desk: Desk, draft_id: str, before: int, steps: int) -> Callable[[int, int], None]:
    def show(done: int, of: int) -> None:
        if done % _EVERY == 0 or done == of:
            show_progress(desk, draft_id, before + done, steps)

    return show


def _end(power: Power, actor: Actor, token: str, told: Document) -> None:
    with power.desk(actor) as desk:
        draft = find(desk, token, lock=True)
        if draft is None:
            return
        progress_file(desk, draft.id).unlink(missing_ok=True)
        if opened(desk, draft)["state"] != "applied":
            drafts.keep(desk.safe, draft, opened(desk, draft) | told)

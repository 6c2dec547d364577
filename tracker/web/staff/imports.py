"""`/import`: a sheet of cases is uploaded, its columns are said, it is tried, and brought in."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from contextvars import copy_context
from datetime import datetime, timedelta
from typing import Any, Final

from flask import abort, request
from flask.typing import ResponseReturnValue

from tracker.domain.errors import Refused
from tracker.engine.desk import Desk
from tracker.engine.sheets import import_sheets as engine
from tracker.engine.sheets.code_pages import CODE_PAGES
from tracker.engine.sheets.import_columns import COLUMNS, IGNORED, labels
from tracker.i18n.languages import LANGUAGES
from tracker.i18n.words import gettext as _
from tracker.security.text import one_line
from tracker.store.schema import Draft
from tracker.web import here, notes
from tracker.web.access import access, body_up_to, reauth
from tracker.web.fields import Form
from tracker.web.pages import form_page, go, page
from tracker.web.staff import words
from tracker.web.staff.door import bp, desk_actor

LARGEST: Final = 6 * 2**20
"""Bytes of a request with a sheet in it."""

SHOWN: Final = 100
_SAMPLES: Final = 3
_AT_ONCE_SECONDS: Final = 1.5
"""A short sheet is done before its page is shown."""

_STUCK: Final = timedelta(minutes=2)


@bp.get("/import")
@access("supervisor")
def import_page() -> ResponseReturnValue:
    """What a sheet looks like, and the sheets that wait."""
    return _start_page({})


@bp.post("/import")
@access("supervisor")
@body_up_to(LARGEST)
def import_upload() -> ResponseReturnValue:
    """The file is read in memory and kept sealed."""
    sent = request.files.get("file")
    content = sent.read() if sent is not None else b""
    if sent is None or not content:
        return _start_page({"file": _("Choose a CSV or XLSX file.")})
    try:
        with here.writing() as desk:
            token = engine.upload(desk, one_line(sent.filename or "")[:80], content)
    except Refused as refused:
        return _start_page({"file": str(refused)})
    return go(f"/import/{token}")


def _start_page(errors: dict[str, str]) -> ResponseReturnValue:
    with here.reading() as desk:
        waiting = [_waiting(engine.opened(desk, draft), draft) for draft in engine.mine(desk)]
    known = labels()
    return form_page(
        "staff/import.html",
        errors,
        columns=[(name, known[name]) for name in COLUMNS],
        most=engine.MOST_ROWS,
        largest=LARGEST // 2**20,
        waiting=waiting,
    )


def _waiting(told: dict[str, Any], draft: Draft) -> tuple[str, str, str]:
    return f"/import/{told['token']}", told["name"], words.moment_text(draft.made_at)


@bp.get("/import/<sheet>")
@access("supervisor")
def import_sheet(sheet: str) -> ResponseReturnValue:
    """How far it is: columns, running, what would come of it, what came of it."""
    at = f"/import/{sheet}"
    with here.reading() as desk:  # while a run writes, nobody else can
        draft = _draft(desk, sheet)
        told = engine.opened(desk, draft)
        to_columns = bool(request.args.get("columns")) and told["state"] != "applied"
        if told["state"] == "running" and not (to_columns and _is_broken_off(desk, draft, told)):
            return _running_page(desk, draft, told, at)
    if to_columns or told["state"] not in ("tried", "applied"):
        return _columns_page(told, at, {})
    with here.writing() as desk:  # possible duplicates are names of the record (S13)
        desk.audit("import.read", "import", hints=len(told["outcome"]["hints"]))
    return page(
        "staff/import_outcome.html",
        at=at,
        told=told,
        faults=_alike(told["outcome"]["faults"]),
        looks=_alike(told["outcome"].get("looks", ())),
        shown=SHOWN,
        left_out=_left_out(told),
    )


def _alike(faults: Sequence[Mapping[str, Any]]) -> list[tuple[Mapping[str, Any], list[int]]]:
    """What is one thing to mend or to know, each with its rows, in the sheet's order."""
    rows: dict[tuple[str, ...], list[int]] = {}
    first: dict[tuple[str, ...], Mapping[str, Any]] = {}
    for fault in faults:
        what = (fault["column"], fault["says"], fault.get("cell", ""))
        first.setdefault(what, fault)
        rows.setdefault(what, []).append(fault["row"])
    return [(fault, rows[what]) for what, fault in first.items()]


@bp.post("/import/<sheet>/columns")
@access("supervisor")
def import_columns(sheet: str) -> ResponseReturnValue:
    """What the columns mean; then everything is tried, and undone."""
    form = Form(request.form)
    with here.writing() as desk:
        draft = _draft(desk, sheet, lock=True)
        told = engine.opened(desk, draft)
        said = {
            name: form.choice(f"column-{n}", (*COLUMNS, IGNORED), required=_("Choose one."))
            or IGNORED
            for n, name in enumerate(told["columns"])
        }
        _each_once(form, list(said.values()))
        if form:
            try:
                engine.say(desk, draft, said, told=form.checked("told"))
                engine.start(desk, draft, apply=False)
            except Refused as refused:
                notes.add("info", str(refused))
                return go(f"/import/{sheet}")
        else:
            shown = told | {"said": said, "told": form.checked("told")}
            return _columns_page(shown, f"/import/{sheet}", form.errors)
    _run(sheet, apply=False)
    return go(f"/import/{sheet}")


@bp.post("/import/<sheet>/encoding")
@access("supervisor")
def import_encoding(sheet: str) -> ResponseReturnValue:
    """The file is read anew, in the encoding that this person says."""
    form = Form(request.form)
    codec = form.choice("encoding", CODE_PAGES, required=_("Choose one."))
    try:
        with here.writing() as desk:
            draft = _draft(desk, sheet, lock=True)
            if codec is None:
                told = engine.opened(desk, draft)
                return _columns_page(told, f"/import/{sheet}", form.errors)
            engine.read_again(desk, draft, codec)
    except Refused as refused:
        notes.add("warning", str(refused))
    return go(f"/import/{sheet}?columns=1")


@bp.post("/import/<sheet>/apply")
@access("supervisor")
@reauth
def import_apply(sheet: str) -> ResponseReturnValue:
    """All of it, or nothing."""
    try:
        with here.writing() as desk:
            engine.start(desk, _draft(desk, sheet, lock=True), apply=True)
    except Refused as refused:
        notes.add("info", str(refused))
    else:
        _run(sheet, apply=True)
    return go(f"/import/{sheet}")


@bp.post("/import/<sheet>/discard")
@access("supervisor")
def import_discard(sheet: str) -> ResponseReturnValue:
    """The sheet is gone; what it brought in stays."""
    with here.writing() as desk:
        engine.discard(desk, _draft(desk, sheet, lock=True))
    notes.add("success", _("The sheet is thrown away."))
    return go("/import")


def _draft(desk: Desk, token: str, *, lock: bool = False) -> Draft:
    found = engine.find(desk, token, lock=lock)
    if found is None:
        abort(404)
    return found


def _each_once(form: Form, said: list[str]) -> None:
    for n, ours in enumerate(said):
        if ours != IGNORED and said.index(ours) != n:
            form.fail(f"column-{n}", _("Two columns mean the same. Leave one out."))
    if form and set(said) == {IGNORED}:
        form.fail("column-0", _("Say of at least one column what it means."))


def _run(token: str, *, apply: bool) -> None:
    """Beside the request, in this reader's language; a short run is waited for."""
    services, who = here.services(), desk_actor()
    context = copy_context()
    thread = threading.Thread(
        target=context.run,
        args=(lambda: engine.run(services, who, token, apply=apply),),
        name="import",
        daemon=True,
    )
    thread.start()
    thread.join(_AT_ONCE_SECONDS)


def _running_page(desk: Desk, draft: Draft, told: dict[str, Any], at: str) -> ResponseReturnValue:
    response = page(
        "staff/import_running.html",
        at=at,
        apply=told["apply"],
        progress=engine.progress(desk, draft),
        since=words.moment_text(datetime.fromisoformat(told["began_at"])),
        stuck=_is_broken_off(desk, draft, told),
    )
    response.headers["Refresh"] = "3"  # no script is needed to see it move
    return response


def _is_broken_off(desk: Desk, draft: Draft, told: dict[str, Any]) -> bool:
    """Whether a run has not moved for so long that it may be begun anew."""
    began = datetime.fromisoformat(told["began_at"])
    return here.real_now() - engine.moved_at(desk, draft, began) > _STUCK


def _columns_page(told: dict[str, Any], at: str, errors: dict[str, str]) -> ResponseReturnValue:
    known = labels()
    columns = [
        {
            "field": f"column-{n}",
            "name": name,
            "said": told["said"].get(name, IGNORED),
            "samples": _samples(told["rows"], name),
        }
        for n, name in enumerate(told["columns"])
    ]
    return form_page(
        "staff/import_columns.html",
        errors,
        at=at,
        name=told["name"],
        rows=len(told["rows"]),
        columns=columns,
        choices=[(IGNORED, _("Leave out")), *known.items()],
        told=told["told"],
        left_out=_left_out(told),
        encoding=told.get("codec", ""),
        code_pages=[
            (page.codec, f"{LANGUAGES[page.language].own_name} · {page.name}")
            for page in CODE_PAGES.values()
        ],
        failed=told["state"] == "failed",
        says=told.get("says", ""),
    )


def _left_out(told: dict[str, Any]) -> list[str]:
    """The columns of which nothing is taken, as they are called in the file."""
    return [name for name in told["columns"] if told["said"].get(name, IGNORED) == IGNORED]


def _samples(rows: list[Any], name: str) -> list[str]:
    """The first few different cells of a column."""
    cells = dict.fromkeys(cells[name][:60] for _number, cells in rows if name in cells)
    return list(cells)[:_SAMPLES]

"""Pictures in a form, and pictures as an answer (safety.md S15)."""

from __future__ import annotations

from io import BytesIO
from typing import IO, Final

import flask
from flask import Response, make_response, request

from tracker.i18n.words import gettext as _
from tracker.i18n.words import ngettext
from tracker.security.errors import PictureRefused
from tracker.security.pictures import Picture, remake
from tracker.web.fields import Form

FIELD: Final = "pictures"
ACCEPT: Final = "image/jpeg,image/png,image/webp"
"""Named so, an iPhone hands its photos over as JPEG."""

MOST_AT_ONCE: Final = 5
LARGEST_BODY: Final = 30 * 2**20
"""Bytes of one form with pictures."""

_SANDBOX: Final = "sandbox; default-src 'none'; frame-ancestors 'none'"


class Request(flask.Request):
    """A request whose files never touch the disk: they would lie there in clear (S1).

    The body's length is bounded for each view, so memory is too.
    """

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        return BytesIO()


def read(form: Form) -> list[Picture]:
    """The pictures sent with a form, each made anew; a sentence for each that was refused.

    What their files were called is not read. Takes about half a second a picture: outside any
    transaction. Raises Busy.
    """
    sent = [part for part in request.files.getlist(FIELD) if part.filename]
    if len(sent) > MOST_AT_ONCE:
        form.fail(FIELD, _("Choose five photos at most, then add more."))
        return []
    made: list[Picture] = []
    refused: list[str] = []
    for number, part in enumerate(sent, start=1):
        try:
            made.append(remake(part.stream.read()))
        except PictureRefused as why:
            refused.append(_("Photo %(n)s: %(why)s", n=number, why=_why(why.code)))
    if refused:
        if made:
            refused.append(
                ngettext("%(n)s photo was taken.", "%(n)s photos were taken.", len(made))
            )
        form.fail(FIELD, " ".join(refused))
    return made


def kilobytes(size: int) -> str:
    """How large, for people."""
    return _("%(n)s KB", n=max(1, round(size / 1024)))


def answer(jpeg: bytes, name: str) -> Response:
    """A picture as a file to keep, never as a page: nothing in it runs or loads anything."""
    response = make_response(jpeg)
    response.mimetype = "image/jpeg"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.jpg"'
    response.headers["Content-Security-Policy"] = _SANDBOX
    return response


def _why(code: str) -> str:
    match code:
        case "too_large":
            return _("it is larger than 10 MB. Send a smaller one.")
        case "too_many_pixels":
            return _("it has too many pixels. Send a smaller one.")
        case "heic":
            return _("your phone keeps it as HEIC. Take a screenshot of it and send that.")
        case "pdf":
            return _("this is a PDF. Take a photo or a screenshot of each page and send those.")
        case "damaged":
            return _("it cannot be read; perhaps it is damaged. Take it again.")
        case "late":
            return _("we had no time to read it just now. Send it again in a minute.")
        case _:
            return _("this is no photo that we can read. Send a JPEG, PNG or WebP photo.")

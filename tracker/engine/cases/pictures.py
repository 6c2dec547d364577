"""Pictures told with a contact: kept sealed for the case, shown to whom may read it (S15).

They come made anew (`security.pictures.remake`); nothing of the file that was sent is kept, not
even its name. A family's pictures wait beside its draft until the form is sent.
"""

from __future__ import annotations

import base64
from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import func, select

from tracker.domain.errors import Refused
from tracker.engine.cases import family
from tracker.engine.desk import Desk
from tracker.engine.staff.visits import real_now
from tracker.i18n.words import gettext as _
from tracker.i18n.words import speaking
from tracker.security.pictures import Picture
from tracker.store import family as told
from tracker.store import room
from tracker.store.schema import (
    Attachment,
    Case,
    ContactReport,
    Draft,
    DraftPicture,
    Enquirer,
    new_id,
)

MOST_OF_DRAFT: Final = 10
_AFTER_ANOTHER: Final = timedelta(microseconds=1)
"""Pictures that came together stay in the order in which they were chosen."""

MOST_OF_CASE: Final = 100


def add(
    desk: Desk, case: Case, report: ContactReport, pictures: Collection[Picture]
) -> list[Attachment]:
    """Keep pictures with a contact of the case. Those of a family's contact go when it goes.

    Raises Refused when the case would hold more than a hundred.
    """
    kept = desk.session.scalar(select(func.count()).where(Attachment.case_id == case.id)) or 0
    if kept + len(pictures) > MOST_OF_CASE:
        raise Refused(_("This case holds a hundred photos already. Delete some first."))
    rows = []
    for number, picture in enumerate(pictures):
        row = Attachment(
            id=new_id(),
            case_id=case.id,
            contact_report_id=report.id,
            enquirer_id=report.enquirer_id,
            size=len(picture.whole),
            added_by=desk.person_id,
            added_at=desk.now + number * _AFTER_ANOTHER,
        )
        _seal(desk, row, picture)
        desk.session.add(row)
        desk.audit("picture.added", "picture", row.id, case.id)
        rows.append(row)
    desk.session.flush()
    return rows


def of_case(desk: Desk, case: Case) -> list[tuple[Attachment, ContactReport]]:
    """The pictures of a case, each with the contact it was told with, the newest contact first."""
    query = (
        select(Attachment, ContactReport)
        .join(ContactReport, ContactReport.id == Attachment.contact_report_id)
        .where(Attachment.case_id == case.id)
        .order_by(ContactReport.entered_at.desc(), Attachment.added_at, Attachment.id)
    )
    return [(row, report) for row, report in desk.session.execute(query)]


def find(desk: Desk, case: Case, picture_id: str) -> Attachment | None:
    """One picture of this case."""
    row = desk.session.get(Attachment, picture_id)
    return row if row is not None and row.case_id == case.id else None


def look(desk: Desk, row: Attachment) -> bytes:
    """The JPEG. That it was read is audited."""
    desk.audit("picture.read", "picture", row.id, row.case_id)
    return base64.b64decode(desk.safe.open(row, "picture"))


def glance(desk: Desk, row: Attachment) -> bytes:
    """The small JPEG. That it was seen is audited."""
    desk.audit("picture.glanced", "picture", row.id, row.case_id)
    return base64.b64decode(desk.safe.open(row, "preview") or "")


def delete(desk: Desk, row: Attachment) -> None:
    """Delete one picture for good."""
    desk.session.delete(row)
    desk.audit("picture.deleted", "picture", row.id, row.case_id)


def shared_with_posts(desk: Desk, case: Case) -> list[Attachment]:
    """What a post may be shown where documents are shared: pictures of confirmed contacts."""
    return [row for row, report in of_case(desk, case) if report.state == "confirmed"]


# -- what waits with a form that is not sent ---------------------------------------------------


def wait(desk: Desk, draft: Draft, pictures: Collection[Picture]) -> None:
    """Keep pictures beside a draft.

    Raises Refused for more than ten, and while too many wait from where this one comes.
    """
    mine = waiting(desk, draft)
    if len(mine) + len(pictures) > MOST_OF_DRAFT:
        raise Refused(_("Ten photos can be sent with a report; more can be added later."))
    if not room.for_pictures(desk.session, draft, len(pictures), real_now(desk)):
        raise Refused(
            _("We cannot take photos now. Send your report without them, and add them later.")
        )
    after = max((row.position for row in mine), default=0)
    for position, picture in enumerate(pictures, start=after + 1):
        row = DraftPicture(
            id=new_id(), draft_id=draft.id, size=len(picture.whole), position=position
        )
        _seal(desk, row, picture)
        desk.session.add(row)
    desk.session.flush()


def waiting(desk: Desk, draft: Draft) -> Sequence[DraftPicture]:
    """The pictures beside a draft, in the order in which they came."""
    query = select(DraftPicture).filter_by(draft_id=draft.id).order_by(DraftPicture.position)
    return desk.session.scalars(query).all()


def drop(desk: Desk, draft: Draft, picture_id: str) -> None:
    """Take one picture of a draft away."""
    for row in waiting(desk, draft):
        if row.id == picture_id:
            desk.session.delete(row)
    desk.session.flush()


def hand_in(desk: Desk, draft: Draft, case: Case, enquirer: Enquirer) -> None:
    """The form was sent: its pictures go over to the case, sealed with the case's key."""
    rows = waiting(desk, draft)
    if not rows:
        return
    add(desk, case, _newest(desk, enquirer), [_opened(desk, row) for row in rows])
    for row in rows:
        desk.session.delete(row)


def add_later(
    desk: Desk, enquirer: Enquirer, case: Case, pictures: Collection[Picture], text: str
) -> None:
    """A family adds pictures to its newest report; what it writes with them, or that it added
    some, waits as a message to the caseworker."""
    add(desk, case, _newest(desk, enquirer), pictures)
    with speaking(desk.settings.language):
        family.write(desk, enquirer, text or _("Photos were added."))


def _newest(desk: Desk, enquirer: Enquirer) -> ContactReport:
    reports = told.reports(desk.session, enquirer.id)
    if not reports:
        raise Refused(_("Add news first: photos are kept with what they tell."))
    return reports[-1]


def _seal(desk: Desk, row: Attachment | DraftPicture, picture: Picture) -> None:
    desk.safe.seal(row, "picture", base64.b64encode(picture.whole).decode())
    desk.safe.seal(row, "preview", base64.b64encode(picture.small).decode())


def _opened(desk: Desk, row: DraftPicture) -> Picture:
    whole, small = desk.safe.open(row, "picture"), desk.safe.open(row, "preview") or ""
    return Picture(base64.b64decode(whole), base64.b64decode(small))

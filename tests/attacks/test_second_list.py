"""A second list of attacks: what comes back after it was taken away, old and forged mails, floods.

Others of it have files of their own: `test_roles_together`, `test_sheets_that_bite`, `test_server`,
and for programs `tests/web/test_api`.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.attacks.conftest import World
from tests.web.conftest import Desks, MovableClock, csrf_of
from tracker.channels.mail_reading import read_mail
from tracker.domain.actor import Actor
from tracker.domain.delivery import Fault, Outcome, State
from tracker.domain.mailbox import Automatic, MailAnswer, MailReport, Names
from tracker.engine.cases import merging, sharing
from tracker.engine.sending.mailbox import take_mail
from tracker.engine.sending.row_tokens import callback_token_of, page_token, row_of_page_token
from tracker.store import room
from tracker.store.schema import Case, ContactPoint, Draft, Enquirer, OutboxMessage


def test_undoing_a_merge_brings_no_share_back_that_was_taken_back(
    world: World, desk: Desks
) -> None:
    """A post that was shown both records, and was then shut out, stays out of both."""
    with desk() as d:
        d.actor = Actor("person", world.who["Vera"].person_id, roles=frozenset({"supervisor"}))
        one = d.session.scalars(select(Case).filter_by(ref=world.mine["ref"])).one()
        other = d.session.scalars(select(Case).filter_by(ref=world.other["ref"])).one()
        aunt = d.session.scalars(select(Enquirer).filter_by(case_id=other.id)).one()
        sharing.record_consent(
            d, other, aunt, "consular", given=True, language="en", text_checked=True, spoken=True
        )
        (share,) = sharing.live_shares(d, one)
        sharing.share(d, other, share.post_id, ["name"])
        row = merging.merge(d, one, other, "one person")
        (kept,) = sharing.live_shares(d, one)
        sharing.unshare(d, one, kept)
        merging.undo(d, one, row, "two people")
        assert sharing.live_shares(d, one) == sharing.live_shares(d, other) == []
    for ids in (world.mine, world.other):
        assert world.who["Consul"].get(f"/shared/{ids['ref']}").status_code == 404


def test_a_caseworker_decides_nothing_about_another_s_case(world: World) -> None:
    """Merging it into one's own would read it."""
    mine, theirs = world.mine["ref"], world.other["ref"]
    browser, token = world.who["Aigul"], world.token("Aigul")
    for path in (f"/cases/{mine}/same/{theirs}", f"/cases/{mine}/same/{theirs}/merge"):
        data = {"csrf_token": token, "decision": "same", "reason": "x"}
        assert browser.post(path, data=data).status_code == 404
    assert browser.get(f"/cases/{mine}/same/{theirs}").status_code == 404


def test_old_and_foreign_reports_end_no_address(
    world: World, desk: Desks, clock: MovableClock
) -> None:
    """Whoever has a mail of ours from last month, or another token, cannot mark its reader's
    address dead; a bounce of today can."""
    with desk() as d:
        row = d.session.scalars(select(OutboxMessage).filter_by(channel="email")).first()
        row.state, row.attempts, row.handed_over_at = "sent", 1, d.now
        row_id, point_id = row.id, row.contact_point_id
        token, page = callback_token_of(d.ring, row_id), page_token(d.ring, row_id)
        assert row_of_page_token(d.ring, token) is None, "one token for each use"

    def bounced(names: Names) -> bool:
        failed = MailReport(names, "failed", "5.1.1", State.REFUSED, Outcome.REFUSED, Fault.ADDRESS)
        with desk(Actor("provider")) as d:
            take_mail(d, failed)
            return d.session.get_one(ContactPoint, point_id).disabled_at is not None

    assert not bounced(Names((page,), ()))
    assert not bounced(Names((), ((row_id, "CDFHJK"),)))
    clock.move(timedelta(days=30))
    assert not bounced(Names((token,), ()))
    clock.move(-timedelta(days=29))
    assert bounced(Names((token,), ()))


TWO_WRITERS = [
    b"From: aigul@example.net\r\nFrom: eve@example.net\r\n",
    b"From: eve@example.net\r\nFrom: aigul@example.net\r\n",
    b"Subject: nobody\r\n",
]


@pytest.mark.parametrize("heads", TWO_WRITERS)
def test_a_mail_of_two_writers_or_none_is_no_answer(heads: bytes) -> None:
    """A mail server may have checked one of them, and we would believe the other."""
    (read,) = read_mail(heads + b"Message-ID: <x@y>\r\n\r\n1\r\n")
    assert isinstance(read, Automatic)
    (plain,) = read_mail(b"From: aigul@example.net\r\nMessage-ID: <x@y>\r\n\r\n1\r\n")
    assert isinstance(plain, MailAnswer)


def test_forms_begun_by_the_thousand_fill_no_disk(
    world: World, desk: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The oldest unsent make room, and nobody who begins one is turned away."""
    monkeypatch.setattr(room, "MOST", 5)
    for _ in range(9):
        stranger = world.app.test_client()
        token = csrf_of(stranger.get("/report"))
        answer = stranger.post("/report", data={"csrf_token": token})
        assert answer.status_code == 303
    with desk() as d:
        assert d.session.scalar(select(func.count()).select_from(Draft)) == 5
    assert stranger.get("/report/relation").status_code == 200

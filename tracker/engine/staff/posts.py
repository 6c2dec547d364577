"""Consular posts and who serves at them: posts, not persons, hold shares (domain.md 14)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from tracker.domain.errors import Refused
from tracker.domain.moments import zone
from tracker.engine.desk import Desk
from tracker.i18n.words import _
from tracker.store.schema import ConsularPost, Person, PostMember, new_id


def add_post(desk: Desk, name: str, zone_name: str) -> ConsularPost:
    """A new embassy or consulate. Raises Refused without a name, or for an unknown zone."""
    if not name.strip():
        raise Refused(_("Give the post a name."))
    zone(zone_name)
    row = ConsularPost(id=new_id(), zone_name=zone_name, created_at=desk.now)
    desk.safe.seal(row, "name", name.strip())
    desk.session.add(row)
    desk.session.flush()
    desk.audit("post.added", "post", row.id)
    return row


def members(desk: Desk) -> dict[str, list[PostMember]]:
    """Who serves where today, by post: to the end of the organisation's day."""
    today = desk.today
    found: dict[str, list[PostMember]] = {}
    for row in desk.session.scalars(select(PostMember).order_by(PostMember.since_at)):
        if row.until_on is None or row.until_on >= today:
            found.setdefault(row.post_id, []).append(row)
    return found


def add_member(desk: Desk, post_id: str, person_id: str, until_on: date | None) -> PostMember:
    """Somebody serves at a post from now on, until a day if one is named."""
    post, person = desk.session.get(ConsularPost, post_id), desk.session.get(Person, person_id)
    if post is None or person is None or not person.active:
        raise Refused(_("Choose an active person and a post."))
    if until_on is not None and until_on < desk.today:
        raise Refused(_("The last day lies in the past. Choose a later one."))
    row = desk.session.scalars(
        select(PostMember).filter_by(post_id=post_id, person_id=person_id)
    ).one_or_none()
    if row is None:
        row = PostMember(id=new_id(), post_id=post_id, person_id=person_id, since_at=desk.now)
        desk.session.add(row)
    row.until_on = until_on
    desk.session.flush()
    desk.audit("post.member_added", "post", post_id, person=person_id)
    return row


def end_member(desk: Desk, member_id: str) -> None:
    """Somebody no longer serves at a post: its cases are as if absent at once."""
    row = desk.session.get(PostMember, member_id)
    if row is None:
        raise Refused(_("This person does not serve there."))
    desk.audit("post.member_ended", "post", row.post_id, person=row.person_id)
    desk.session.delete(row)

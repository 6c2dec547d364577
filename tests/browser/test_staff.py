"""Staff at their desks: the first sign-in, a message in the night, a case from queue to end."""

from __future__ import annotations

import re
from datetime import timedelta

from tests.browser.entering import be, sign_in, take_up
from tests.browser.reporting import report
from tests.browser.site import Site
from tests.browser.visitor import Visitor, Visitors
from tests.standins.office import MovableClock
from tracker.domain.actor import OPERATOR
from tracker.domain.contact import Interval
from tracker.engine.cases import cases


def test_who_is_invited_signs_in_with_password_and_app(
    empty: Site, clock: MovableClock, visitor: Visitors
) -> None:
    """S8, S10: the link works once; then password and code, always both."""
    who = visitor(empty, width=360)
    aigul = take_up(empty, clock, who, "Aigul Testova", "caseworker")
    assert who.path == "/queue"
    assert "No cases yet" in who.text
    who.look()
    who.press("Sign out")
    sign_in(clock, who, aigul)
    assert who.path == "/queue"
    other = visitor(empty)
    other.go("/queue")
    assert other.path == "/signin"


def test_a_report_waits_at_the_desk_and_is_confirmed(
    empty: Site, clock: MovableClock, visitor: Visitors
) -> None:
    """R14: what a family reported stands in the queue at once, and counts when confirmed."""
    report(visitor(empty, width=360, scripts=False), lambda: None)
    empty.worker()
    vera = visitor(empty)
    take_up(empty, clock, vera, "Vera Testova", "supervisor")
    vera.follow("Work")
    assert "first report" in vera.text
    vera.look()
    vera.follow("Confirm or reject")
    vera.look()
    vera.press("Confirm")
    assert vera.heading.startswith("Sabina Orazova")
    assert "39 days" in vera.text  # from 22 January to 2 March
    vera.look()


def test_a_message_is_acknowledged_before_sign_in_and_the_supervisor_sees_it(
    empty: Site, clock: MovableClock, visitor: Visitors
) -> None:
    """S3, S4, S6: what the link in a message opens shows nothing; holding it is written down."""
    berik = visitor(empty)
    supervisor = take_up(empty, clock, berik, "Berik Testov", "supervisor")
    caseworker = take_up(empty, clock, visitor(empty), "Aigul Testova", "caseworker")
    ref = _silent_case(empty, caseworker.person_id, supervisor.person_id)
    empty.worker()
    letter = next(each for each in empty.letters if caseworker.email in each)
    assert ref not in letter
    link = re.search(re.escape(empty.address) + r"/a/[\w.-]+", letter.replace("=\n", ""))
    assert link

    stranger = visitor(empty, width=360, scripts=False)
    stranger.go(link[0])
    assert ref not in stranger.page.content()
    stranger.look()
    stranger.press("I have seen it: hold it for 24 hours")
    assert stranger.heading == "Thank you"
    stranger.look()

    berik.go(f"/cases/{ref}")
    assert "Acknowledged for 24 hours without sign-in" in berik.text
    berik.look()
    berik.press("Sign out")
    berik.go(link[0])
    berik.follow("Sign in")
    sign_in(clock, berik, supervisor)
    assert berik.path == f"/cases/{ref}"


def _silent_case(site: Site, caseworker: str, supervisor: str) -> str:
    """A case silent for eight days: with the default policy that alerts the caseworker."""
    with site.services.desk(OPERATOR) as desk:
        last = (desk.now - timedelta(days=8)).date()
        case = cases.open_case(
            desk,
            zone_name="UTC",
            caseworker_id=caseworker,
            supervisor_id=supervisor,
            missing_since=Interval(last, last),
        )
        cases.look_now(desk, case)
        return case.ref


def test_a_case_from_the_queue_to_its_end(demo: Site, visitor: Visitors) -> None:
    """Acknowledge what waits, log a contact that ends the silence, close: each one form away."""
    vera = visitor(demo)
    be(vera, "vera")
    assert vera.path == "/queue"
    vera.look()
    _open_one_that_waits(vera)
    vera.look()
    case = vera.path

    vera.follow("Acknowledge")
    vera.look()
    vera.fill(reason="Called the aunt")
    vera.press("Acknowledge")
    assert vera.path == case
    assert "Acknowledged by Vera Ozernaya" in vera.text

    vera.follow("Log contact")
    vera.look()
    vera.press("Continue")  # nothing filled in: said in words, nothing entered
    assert vera.page.locator(".govuk-error-summary").is_visible()
    vera.look()
    vera.choose(when_precision="day")
    vera.fill(when_day="18", when_day_month="11", when_day_year="2026")
    vera.choose(**{"class": "direct"}, confirmed="1")
    vera.fill(means="telephone", source="the aunt", words="He called on Wednesday.")
    vera.press("Continue")
    assert vera.heading == "Is this right?"
    vera.look()
    vera.press("Yes, enter it")
    assert "The contact is on the record." in vera.text
    assert "2 days" in vera.text

    vera.page.locator("summary", has_text="More").click()
    vera.follow("Close")
    vera.look()
    vera.page.locator('[name="reason"]').first.check()
    vera.fill(on="2026-11-19", source="the aunt")
    vera.press("Close the case")
    assert vera.path == case
    vera.look()
    vera.go("/queue?view=closed")
    assert vera.page.locator(f'a[href="{case}"]').count() == 1


def _open_one_that_waits(who: Visitor) -> None:
    """Open the first case of the queue with an alert that nobody acknowledged yet."""
    shown = who.page.locator("a.person").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    for address in shown:
        who.go(address)
        if who.page.locator("a", has_text="Acknowledge").count():
            return
    raise AssertionError("no case of the demonstration waits for anybody")

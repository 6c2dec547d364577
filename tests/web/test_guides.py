"""The help pages: whom they are for, what they lead to, and that they are short."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from tests.web.conftest import ClientAs
from tracker.domain.actor import ROLES
from tracker.i18n.languages import LANGUAGES, SOURCE

GUIDES = ("/help/desk", "/help/consulate", "/help/office", "/help/building")
LONGEST = 350
"""Words of the main text in English; who is in a hurry reads no more."""


def _main(html: str) -> str:
    found = re.search(r"<main.*?</main>", html, re.DOTALL)
    assert found is not None
    return re.sub(r"<[^>]*>", " ", found[0])


def test_anybody_reads_the_help_for_families(client: FlaskClient) -> None:
    """Before a word is told: what happens with it, and how to leave."""
    answer = client.get("/help/family")
    assert answer.status_code == 200
    assert 'href="/leave"' in answer.text
    assert 'href="/help/family"' not in _links_at_the_end(answer.text)


@pytest.mark.parametrize("address", ["/", "/report", "/status"])
def test_family_pages_lead_to_it(client: FlaskClient, address: str) -> None:
    page = client.get(address, follow_redirects=True)
    assert 'href="/help/family"' in _links_at_the_end(page.text)


def _links_at_the_end(html: str) -> str:
    return html[html.index("<footer>") :]


@pytest.mark.parametrize("address", GUIDES)
def test_the_other_guides_are_for_those_who_work_here(
    client: FlaskClient, client_as: ClientAs, address: str
) -> None:
    """A stranger learns nothing about how the office works."""
    assert client.get(address).status_code == 303
    for role in ROLES:
        assert client_as(role, name=role).get(address).status_code == 200


def test_every_page_of_the_desk_leads_to_help(client_as: ClientAs) -> None:
    """Each to their own page first: the queue of which the desk's speaks is not there for all."""
    own = {"consular": "consulate", "administrator": "office"}
    for role in ROLES:
        page = client_as(role, name=role).get("/account").text
        assert f'href="/help/{own.get(role, "desk")}">' in page, role
    both = client_as("consular", "caseworker", name="both").get("/account").text
    assert 'href="/help/desk"' in both and 'href="/help/consulate"' not in both


def test_guides_are_short(client_as: ClientAs) -> None:
    person = client_as("caseworker")
    for address in ("/help/family", *GUIDES):
        words = _main(person.get(f"{address}?lang=en").text).split()
        assert 80 < len(words) <= LONGEST, address


def test_guides_say_that_a_machine_translated_them(client_as: ClientAs) -> None:
    """Issue 6.2: no page passes as checked that nobody has checked."""
    person = client_as("caseworker")
    for address in ("/help/family", *GUIDES):
        for code, language in LANGUAGES.items():
            page = person.get(f"{address}?lang={language.tag}").text
            assert ("note--warning" in page) is (code != SOURCE), (address, code)


def test_links_to_a_part_of_a_guide_find_it(client_as: ClientAs) -> None:
    """The queue and the outbox lead to the very paragraph."""
    person = client_as("administrator", "supervisor")
    assert 'id="stops"' in person.get("/help/office").text
    assert 'href="/help/office#stops"' in person.get("/outbox").text
    assert 'id="bands"' in person.get("/help/desk").text

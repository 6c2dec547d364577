"""A third list of attacks: look-alike addresses, parts by the thousand, bombs inside pictures,
formulas on every way out, addresses of our own network in disguise, names that would be headers.

Others of it have files of their own: `test_races` (two at the same instant), `test_server` (what a
stranger writes into our log), `tests/engine/test_backup` (a backup of somebody else's making).
"""

from __future__ import annotations

import csv
import io
import struct
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from email import message_from_bytes
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from sqlalchemy import select

from tests.attacks.conftest import World
from tests.attacks.nasty import NASTY
from tests.attacks.test_matrix import counts
from tests.standins.office import Office
from tests.web.conftest import Desks, csrf_of
from tracker.channels.webhook import Webhook, is_public
from tracker.engine.cases import record
from tracker.engine.staff.accounts import add_person
from tracker.security.errors import PictureRefused
from tracker.security.pictures import remake
from tracker.store.schema import Case, ExportRequest, Person, PersonName

MAILBOX = "aikul@example.org"
ALIKE = [
    "AIKUL@EXAMPLE.ORG",
    "ai\u212aul@example.org",  # the Kelvin sign is a small k when it is lowered
    "aikul@\uff45xample.org",  # full width: one domain name, however it is written
    "aikul@exam\u00adple.org",  # a soft hyphen nobody sees
    "a\u0131kul@example.org",  # a dotless i: another mailbox, and one that no mail of ours reaches
    "\u0430ikul@example.org",  # a Cyrillic a
]


def test_one_mailbox_has_one_account(world: World, desk: Desks) -> None:
    """However an address is written: whoever invites a second one is refused, or it is another
    mailbox that can be written to. And nobody comes in by a look-alike's name."""
    with desk() as d:
        add_person(d, email=MAILBOX, name="Aikul", roles=["caseworker"])
    for email in ALIKE:
        before = counts(desk)
        assert invited(world, email) == 422, email
        assert counts(desk) == before, email
        stranger = world.app.test_client()
        typed = {"email": email, "password": "three invented horses"}
        token = csrf_of(stranger.get("/signin"))
        refused = stranger.post("/signin", data=typed | {"csrf_token": token})
        assert refused.status_code == 422, email
    for other in ("other@example.org", "other@example.\u2126rg"):
        assert invited(world, other) == 200, "and not for want of something else"
    with desk() as d:
        known = [d.safe.open(row, "email") for row in d.session.scalars(select(Person))]
    assert all(email.isascii() for email in known)


def invited(world: World, email: str) -> int:
    """What an administrator is answered who invites somebody."""
    about = {"name": "X", "roles": "caseworker", "zone": "UTC", "language": "en", "send": ""}
    data = about | {"csrf_token": world.token("Admin"), "email": email}
    return world.who["Admin"].post("/people/invite", data=data).status_code


def _parts(number: int, head: str = "", name: str = "f") -> bytes:
    one = f'--b\r\nContent-Disposition: form-data; name="{name}"{head}\r\n\r\nx\r\n'
    return (one * number + "--b--\r\n").encode()


BODIES: dict[str, Callable[[], bytes]] = {
    "thousands of parts": lambda: _parts(20_000),
    "thousands of files": lambda: _parts(20_000, '; filename="x.jpg"', "pictures"),
    "one endless head": lambda: _parts(1, "; x=" + "y" * 2_000_000),
    "heads by the thousand": lambda: _parts(1, "\r\nX-Y: z" * 50_000),
    "no end": lambda: _parts(3)[:-6],
    "boundaries alone": lambda: b"--b\r\n" * 400_000,
    "almost boundaries": lambda: b"--b\r\n\r\n" + b"\r\n--" * 500_000,
}


@pytest.mark.parametrize("path", ["/report/pictures", "/import"])
def test_parts_of_a_form_by_the_thousand(world: World, desk: Desks, path: str) -> None:
    """Where files are taken, megabytes may come: they are read in no time, or refused."""
    browser, before = world.who["Vera"], counts(desk)
    token = world.token("Vera")
    for what, body in BODIES.items():
        sent = (
            b'--b\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n'
            + token.encode() + b"\r\n" + body()
        )  # fmt: skip
        begun = time.monotonic()
        answer = browser.post(path, data=sent, content_type="multipart/form-data; boundary=b")
        assert answer.status_code in (303, 400, 413, 422), f"{what}: {answer.status}"
        assert time.monotonic() - begun < 3, what
        assert counts(desk) == before, what


def _png(*extra: tuple[bytes, bytes]) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content
            + struct.pack(">I", zlib.crc32(kind + content))
        )  # fmt: skip

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress((b"\0" + b"\xc8" * 24) * 8))
    more = b"".join(chunk(kind, content) for kind, content in extra)
    return b"\x89PNG\r\n\x1a\n" + head + more + pixels + chunk(b"IEND", b"")


@pytest.fixture(scope="module")
def bomb() -> bytes:
    """Four hundred kilobytes that become four hundred megabytes."""
    return zlib.compress(b"x" * 400_000_000, 9)


@pytest.mark.parametrize(
    ("kind", "before"),
    [(b"zTXt", b"Comment\0\0"), (b"iTXt", b"Comment\0\1\0\0\0"), (b"iCCP", b"icc\0\0")],
    ids=["text", "international text", "a colour profile"],
)
def test_a_bomb_beside_the_pixels(kind: bytes, before: bytes, bomb: bytes) -> None:
    """The pixels are taken, or the file is refused; memory and seconds are not."""
    _comes_to_nothing(kind, before + bomb)


def test_exif_without_an_end_beside_the_pixels() -> None:
    _comes_to_nothing(b"eXIf", b"II*\0\x08\0\0\0" + b"\xff\xff" + b"\x01" * 60_000)


def _comes_to_nothing(kind: bytes, content: bytes) -> None:
    begun = time.monotonic()
    with suppress(PictureRefused):
        picture = _png((kind, content))
        assert len(remake(picture).whole) < 5_000, "nothing of it came through"
    assert time.monotonic() - begun < 5


OURS_IN_DISGUISE = [
    "https://2130706433/x",  # 127.0.0.1 as one number, in octal, in parts, from zero
    "https://0177.0.0.1/x",
    "https://127.1/x",
    "https://0/x",
    "https://[::]/x",
    "https://[::ffff:10.0.0.1]/x",  # an IPv4 address within one of IPv6
    "https://[64:ff9b::a00:1]/x",  # the same through NAT64, 6to4 and Teredo
    "https://[2002:a00:1::1]/x",
    "https://[2001:0:a00:1::f5ff:fffe]/x",
    "https://[fe80::1]/x",
    "https://[fd00::1]/x",
    "https://[ff02::1]/x",
    "https://224.0.0.1/x",
    "https://255.255.255.255/x",
    "https://100.64.0.1/x",
    "https://192.0.0.192/x",
    "https://localhost./x",
    "https://\uff11\uff12\uff17.0.0.1/x",  # full width digits
    "https://127.0.0.1:443@example.org/x",
    "https://example.org@127.0.0.1/x",
    "https://127.0.0.1\\@example.org/x",
    "HTTPS://127.0.0.1/x",
    "https://127.0.0.1%2f@example.org/x",
]


@pytest.mark.parametrize("address", OURS_IN_DISGUISE)
def test_a_webhook_calls_nobody_of_our_own_network(address: str) -> None:
    """Whatever the address is written like, it is judged by where it leads."""
    with suppress(OSError):  # no such name
        assert Webhook().place_of(urlsplit(address)) is None


def test_a_public_address_is_one() -> None:
    assert all(map(is_public, ["8.8.8.8", "2001:4860:4860::8888", "64:ff9b::808:808"]))


FORMULAS = ["formula", "formula sign", "tab formula", "negative"]


def test_no_cell_of_any_file_is_a_formula(world: World, desk: Desks) -> None:
    """S16: what families and colleagues typed leaves by every door as text, and as one row."""
    typed = [NASTY[what] for what in FORMULAS] + ['=1\r\n+1,";', "\uff1d1+1", "  @x", "\u200b=1"]
    with desk() as d:
        case = d.session.scalars(select(Case).filter_by(ref=world.mine["ref"])).one()
        first = d.session.scalars(select(PersonName).filter_by(case_id=case.id)).first()
        d.safe.seal(first, "name", typed[0])
        for text in typed:
            record.add_name(d, case, text, source=text)
            record.add_statement(d, case, "place", {"text": text})
        owner = d.session.get_one(Person, world.mine["person_id"])
        d.safe.seal(owner, "name", typed[1])
    vera = world.who["Vera"]
    files = [vera.post("/queue.csv", data={"csrf_token": world.token("Vera")}).text]
    for form in ("csv", "json", "pfif"):
        vera.post("/exports", data={"csrf_token": world.token("Vera"), "form": form, "ref": ""})
        with desk() as d:
            wanted = d.session.scalars(select(ExportRequest).filter_by(form=form)).one().id
        sent = vera.post(f"/exports/{wanted}/file", data={"csrf_token": world.token("Vera")})
        assert sent.status_code == 200
        files.append(sent.data.decode("utf-8-sig"))
    for table in files[:2]:
        rows = list(csv.reader(io.StringIO(table)))
        assert len({len(row) for row in rows}) == 1 and len(rows) == 3
        cells = [cell for row in rows for cell in row]
        assert any("HYPERLINK" in cell for cell in cells), "it was typed, and it is there"
        for cell in cells:
            assert not cell.lstrip(" \u200b\u00a0").startswith(FORMULA_SIGNS), cell
    assert ElementTree.fromstring(files[3]) is not None  # noqa: S314 — our own


FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\uff1d")
NAMES = ["header", "escape", "bidi", "address", "address of another site"]


def test_no_name_is_a_header_of_a_mail(office_of_names: tuple[Office, Path]) -> None:
    """Neither a colleague's, nor a post's, nor a person's: mails bear their own headers, once."""
    office, folder = office_of_names
    office.tick()
    mails = [message_from_bytes(path.read_bytes()) for path in folder.glob("*.eml")]
    assert len(mails) >= len(NAMES)
    for mail in mails:
        assert not {"bcc", "cc", "reply-to"} & {name.lower() for name in mail}
        assert len(list(mail)) == len(set(mail))
        assert str(mail["To"]).count("@") == 1
        assert "everybody" not in mail.as_string() and "\x1b" not in mail.as_string()


@pytest.fixture
def office_of_names(instance: Path, database_url: str) -> Iterator[tuple[Office, Path]]:
    """Colleagues and a detained person with hostile names, and a case that falls silent."""
    office = Office.opened(instance, database_url, TRACKER_DELIVERY="file")
    for number, what in enumerate(NAMES):
        with office.desk() as desk:
            email = f"n{number}@example.net"
            person = add_person(desk, email=email, name=NASTY[what], roles=["caseworker"]).id
        case_id = office.silent_case(person, None)
        with office.desk() as desk:
            record.add_name(desk, office.case(case_id, desk), NASTY[what], source=NASTY[what])
    yield office, instance / "outbox"
    office.services.database.engine.dispose()

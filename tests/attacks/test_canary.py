"""Unique words in every field of every form; every flow; processes killed in the middle; and then
not one of the words in any file, log, mail or text message, nor on a page of somebody who may not
see it (S1, S4, S7, S9)."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import replace
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import make_url, select, text

from tests.attacks.walk import KANNEL_SECRET, Walk
from tests.standins.fleet import ROOT, environ, until
from tests.standins.mail import Mailbox, mail_server
from tests.standins.office import Office
from tests.standins.planting import forms, hits, kind_of
from tests.standins.twilio import Fault, Twilio, twilio_server
from tracker.channels.file_delivery import FileDelivery
from tracker.domain.clock import system_clock
from tracker.security import argon, sealed_file
from tracker.store.schema import Base, Case
from tracker.web import create_app

MAY_BE_READ = {("family /status", "a word, plain: '/cases/*/messages body'")}
"""What a caseworker wrote to the family stands there until it is read (S7)."""

STAFF = re.compile("/people/invite email|member of staff's number")
"""What mails, and messages written to files, bear in clear: where they go to (SECURITY.md)."""

MAY_NOT_SEE = {"Bota", "Stranger", "Admin", "Auditor", "family"}
ALL = MAY_NOT_SEE | {"Vera", "Consul"}
"""Aigul and Marta are shown no page that Vera is not."""

NO_PAGE = re.compile(r"/(leave|signin|help|static)|.*\.(pdf|png|csv|svg)\b")
"""Nobody's own, or compressed: what stands in them is looked for elsewhere."""

OF_A_FORM = {"zone", "zone_name", "at", "quiet_from", "quiet_until", "code", "ref", "typed"}
"""Fields that take nothing but times, zones, codes and references.

A new field for words is typed into in `walk.py`, or stands below with the reason why not.
"""

NOT_TYPED_INTO = {
    ("/signin", "email"): "an address is looked up by its keyed hash; tests/web/test_signin.py",
    ("/account/passkeys", "label"): "needs a device; sealed, tests/web/test_factors.py",
    ("/policies", "name"): "policies are public among staff (SECURITY.md)",
    ("/account/openpgp", "key"): "a public key is no words; it is checked before it is kept",
}


@pytest.fixture(autouse=True)
def _cheap_argon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(argon, "COST", argon.Cost(passes=1, memory_kib=16))


class Processes:
    """The web site and a worker as they really run, with their logs and temporary files."""

    def __init__(self, folder: Path, instance: Path, settings: dict[str, str]) -> None:
        self.folder, self.temporary = folder, folder / "temporary"
        self.temporary.mkdir()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._environ = {
            **{key: text for key, text in os.environ.items() if not key.startswith("TRACKER_")},
            **settings,
            "TRACKER_BIND": f"127.0.0.1:{self.port}",
            "TRACKER_INSTANCE": str(instance),
            "TMPDIR": str(self.temporary),
        }
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def site(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, command: str) -> None:
        with (self.folder / f"{command}.log").open("ab") as log:
            self._running[command] = subprocess.Popen(
                [sys.executable, "-m", "tracker", command],
                cwd=ROOT,
                env=self._environ | {"TRACKER_PUBLIC_URL": self.site},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def run(self, *words: str, **more: str) -> bytes:
        """A command from its beginning to its end; what it said."""
        done = subprocess.run(
            [sys.executable, "-m", "tracker", *words],
            cwd=ROOT,
            env=self._environ | more,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout + done.stderr

    def kill(self, command: str) -> None:
        """kill -9, the whole family of processes."""
        process = self._running.pop(command)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def end(self) -> None:
        for command in list(self._running):
            self.kill(command)

    def answers(self) -> bool:
        with (
            suppress(OSError, HTTPException),
            closing(HTTPConnection("127.0.0.1", self.port, timeout=5)) as link,
        ):
            link.request("GET", "/healthz")
            return link.getresponse().status == 200
        return False


@pytest.fixture
def running(
    instance: Path, database_url: str, tmp_path: Path
) -> Iterator[tuple[Walk, Processes, Twilio, Mailbox]]:
    with twilio_server() as twilio, mail_server() as (mailbox, port):
        settings = environ(database_url, twilio, port) | {
            "TRACKER_TRUSTED_HOSTS": "127.0.0.1,localhost",
            "TRACKER_DIGEST_AT": "00:00",
            "TRACKER_KANNEL_URL": "http://app:an-invented-word-of-ours@127.0.0.1:9/cgi-bin/sendsms",
            "TRACKER_KANNEL_FROM": "500",
            "TRACKER_KANNEL_SECRET": KANNEL_SECRET,
            "TRACKER_DIGEST_WEEKDAY": system_clock().strftime("%A").lower(),
        }
        processes = Processes(tmp_path, instance, settings)
        settings["TRACKER_PUBLIC_URL"] = processes.site
        office = Office.opened(instance, database_url, **settings)
        office.clock.now = system_clock()
        processes.start("web")
        try:
            app = create_app(office.services, testing=True)
            yield Walk(app, office, processes.site), processes, twilio, mailbox
        finally:
            processes.end()
            for channel in office.services.channels.values():
                getattr(channel, "close", int)()
            office.services.database.engine.dispose()


def test_no_planted_word_is_found_where_it_may_not_be(
    running: tuple[Walk, Processes, Twilio, Mailbox],
    instance: Path,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    walk, processes, twilio, mailbox = running
    walk.hire()
    first = walk.report()
    kill_the_worker_while_it_sends(walk, processes, twilio)
    family = walk.come_back(walk.codes[0])
    walk.news(family)
    second = walk.interview()
    walk.desk_work(first)
    walk.office.tick()
    walk.answers()
    walk.two_are_one(first, second)
    walk.take_out()
    walk.import_page()
    is_sqlite = walk.office.services.database.is_sqlite
    if is_sqlite:  # what no database has a part in is tried once
        brought_in(walk, processes, tmp_path)
    kill_the_site_while_it_listens(walk, processes)
    walk.office.tick()
    backup = tmp_path / "backup.age"
    public, _secret = sealed_file.new_pair()
    processes.run("backup", str(backup), TRACKER_BACKUP_KEY=public)

    shown = looked_at(walk, family, ALL if is_sqlite else MAY_NOT_SEE)
    if is_sqlite:
        everything_was_typed_into(walk, shown)
    nobody_sees_what_is_not_theirs(walk, shown)
    a_week_goes_to_files(walk, instance)
    planted = walk.plant.planted
    searched = {
        **in_folder(instance),
        **in_folder(processes.temporary),
        "the backup": backup.read_bytes(),
        "logs": b"".join(path.read_bytes() for path in tmp_path.glob("*.log")),
        "our own logs": (caplog.text + "".join(capfd.readouterr())).encode(),
        "mails": b"".join(mailbox.raw) + "".join(map(str, mailbox.mails)).encode(),
        "text messages": "".join(
            f"{m.fields['Body']} {m.fields['From']}" for m in twilio.messages
        ).encode(),
        **in_database(walk.office),
    }
    assert len(mailbox.mails) > 3 and len(twilio.messages) > 1 and searched["logs"]
    assert walk.office.rows(kind="digest"), "a digest went out too"
    found = {place: list(hits(raw, planted)) for place, raw in searched.items()}
    for place in found:
        if place == "mails" or place.startswith("outbox/"):  # addresses of staff, in clear
            found[place] = [hit for hit in found[place] if not STAFF.search(hit)]
    nothing(found)
    who_reported_is_in_no_export(walk)
    for code in walk.codes:
        plain = code.replace("-", "").encode()
        assert not [p for p, raw in searched.items() if plain in raw or code.encode() in raw]


def who_reported_is_in_no_export(walk: Walk) -> None:
    """Names and places leave; nothing of the family, of letters or of the office's reasons. That
    names are found there shows too that the search finds what is there."""
    table, whole, _public = (set(hits(raw, walk.plant.planted)) for raw in walk.exports)
    assert "a word, plain: '/report/names name_1'" in table & whole
    never = re.compile(
        "/report/(reach|relation|freely|through)|/status|messages|reason|why|/people"
    )
    assert not [hit for hit in table | whole if never.search(hit) or "number" in hit]


def nothing(found: Mapping[str, Iterable[str]]) -> None:
    """Not one planted word in any place; else a list of what was found where."""
    lines = [f"{place}: {what}" for place, many in found.items() for what in sorted(set(many))]
    assert not lines, "\n".join(lines)


def kill_the_worker_while_it_sends(walk: Walk, processes: Processes, twilio: Twilio) -> None:
    """A provider has taken a message and not answered: kill -9."""
    taken = threading.Event()
    twilio.faults.append(Fault(take=True, silent_seconds=30, meanwhile=taken.set))
    processes.start("worker")
    assert taken.wait(180), "the worker sent nothing"
    processes.kill("worker")
    twilio.faults.clear()
    twilio.released.set()
    walk.office.clock.move(minutes=4)


def a_week_goes_to_files(walk: Walk, instance: Path) -> None:
    """File delivery keeps messages until it is switched off: alerts, and a digest."""
    folder = instance / "outbox"
    channels = {kind: FileDelivery(kind, folder) for kind in ("email", "sms")}
    filing = replace(walk.office, services=replace(walk.office.services, channels=channels))
    walk.office.clock.move(days=8)
    filing.tick()
    assert len(list(folder.glob("*.eml"))) > 3 and len(list(folder.glob("*.json"))) > 6


def kill_the_site_while_it_listens(walk: Walk, processes: Processes) -> None:
    """An error with words in hand; then half a form sent, whole ones on their way: kill -9."""
    until(processes.answers, 180)
    word = walk.plant.word("sent to the site that was killed")
    cookie = f"session={walk.who['Aigul'].get_cookie('session', domain='localhost').value}"
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}

    def ask(method: str, path: str, body: str = "") -> tuple[int, str, dict[str, str]]:
        with closing(HTTPConnection("127.0.0.1", processes.port, timeout=60)) as link:
            link.request(method, path, body, headers)
            answer = link.getresponse()
            return answer.status, answer.read().decode("utf-8", "replace"), dict(answer.headers)

    with walk.office.desk() as desk:
        ref = desk.session.scalars(
            select(Case.ref).where(Case.caseworker_id == walk.ids["Aigul"], Case.state == "open")
        ).first()
    for address in walk.by_kannel():
        assert ask("GET", address)[0] == 200
    status, page, said = ask("GET", f"/cases/{ref}/tell")
    assert status == 200
    assert "Server" not in said, "the server program is not named"
    token = re.findall(r'name="csrf_token" value="([^"]+)"', page)[-1]
    form = f"csrf_token={token}&source={word}&names={word}&description={word}&said={word}"
    with walk.office.services.database.engine.begin() as link:
        link.execute(text("ALTER TABLE drafts RENAME TO drafts_gone"))
    status, page, _said = ask("POST", f"/cases/{ref}/tell", form + "&once=x&said_on=2026-01-01")
    with walk.office.services.database.engine.begin() as link:
        link.execute(text("ALTER TABLE drafts_gone RENAME TO drafts"))
    assert status in (500, 503)
    assert word not in page

    def send() -> None:
        with suppress(OSError, HTTPException):
            for _each in range(50):
                ask("POST", f"/cases/{ref}/tell", form)
                under_way.set()

    under_way = threading.Event()
    senders = [threading.Thread(target=send) for _each in range(3)]
    for sender in senders:
        sender.start()
    with socket.create_connection(("127.0.0.1", processes.port)) as half:
        head = "\r\n".join(f"{name}: {value}" for name, value in headers.items())
        half.sendall(
            f"POST /cases/{ref}/tell HTTP/1.1\r\nHost: 127.0.0.1\r\n{head}\r\n"
            f"Content-Length: 200000\r\n\r\n{form}{word * 5000}".encode()
        )
        assert under_way.wait(60), "the site answers nobody"
        processes.kill("web")
    for sender in senders:
        sender.join()


def brought_in(walk: Walk, processes: Processes, folder: Path) -> None:
    """A sheet is imported at the command line, and deleted by who made it."""
    sheet = walk.import_file(folder)
    said = processes.run("import", str(sheet))
    assert not list(hits(said, walk.plant.planted))
    sheet.unlink()


def in_folder(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def in_database(office: Office) -> dict[str, bytes]:
    """Every row of every table as text, and every file of the server, its log among them."""
    found = {}
    with office.services.database.engine.connect() as link:
        for table in Base.metadata.sorted_tables:
            rows = link.execute(select(table)).all()
            found[f"table {table.name}"] = "\n".join(map(repr, rows)).encode()
    url = make_url(office.services.settings.database_url)
    if url.get_backend_name() == "sqlite":
        base = Path(str(url.database))
        for path in base.parent.glob(f"{base.name}*"):
            found[path.name] = path.read_bytes()
        assert len(found[base.name]) > 100_000
        return found
    with office.services.database.engine.connect() as link:
        link.execution_options(isolation_level="AUTOCOMMIT").execute(text("CHECKPOINT"))
        folder = Path(str(link.scalar(text("SHOW data_directory"))))
        number = link.scalar(text("SELECT oid FROM pg_database WHERE datname = current_database()"))
    heap = in_folder(folder / "base" / str(number))
    assert sum(map(len, heap.values())) > 1_000_000
    wal = {path.name: path.read_bytes() for path in (folder / "pg_wal").glob("0*")}
    return {**found, **heap, **wal, "the server's log": (folder.parent / "log").read_bytes()}


def looked_at(
    walk: Walk, family: FlaskClient, names: Collection[str]
) -> dict[tuple[str, str], str]:
    """One page of each kind for each of these, by who looked and the address."""
    starts = dict.fromkeys(("Admin", "Auditor"), "/account") | {"family": "/status"}
    return {
        (name, address): page
        for name, browser in [*walk.who.items(), ("family", family)]
        if name in names
        for address, page in pages(browser, starts.get(name, "/"))
    }


def everything_was_typed_into(walk: Walk, shown: Mapping[tuple[str, str], str]) -> None:
    """No form of any page that links lead to has a field for words that stayed empty."""
    seen = {
        (kind_of(form.action or address), one.name)
        for (_name, address), page in shown.items()
        for form in forms(page)
        for one in form.fields
        if one.takes_words and form.method == "post"
    }
    assert not sorted(
        where
        for where in seen - walk.plant.fields - set(NOT_TYPED_INTO)
        if where[1] not in OF_A_FORM and not where[1].endswith("_days")
    )


def pages(browser: FlaskClient, start: str) -> Iterator[tuple[str, str]]:
    """One page of each kind that links lead to from here."""
    ahead, known = (
        [start, "/queue", "/work", "/people", "/digests", "/audit", "/outbox", "/shared"],
        set[str](),
    )
    while ahead:
        address = ahead.pop(0)
        if kind_of(address) in known or NO_PAGE.match(address):
            continue
        known.add(kind_of(address))
        answer = browser.get(address)
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        yield address, answer.text
        ahead += [link.partition("#")[0] for link in re.findall(r'href="(/[^"]*)"', answer.text)]


def nobody_sees_what_is_not_theirs(walk: Walk, shown: Mapping[tuple[str, str], str]) -> None:
    """Pages of those who may not: a colleague, other posts, the office, the family's own."""
    seen = defaultdict[str, set[str]](set)
    for (name, address), page in shown.items():
        if name not in MAY_NOT_SEE:
            continue
        where = f"{name} {kind_of(address)}"
        seen[where] |= {
            hit
            for hit in hits(page.encode(), walk.plant.planted)
            if not re.search("/people|/posts|the means", hit)  # means: choices of every form
            and (where, hit) not in MAY_BE_READ
        }
    assert len(seen) > 25
    nothing(seen)

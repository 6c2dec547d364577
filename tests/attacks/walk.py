"""The whole life of three cases, through every form, with a planted word in every field (S1)."""

from __future__ import annotations

import csv
import io
import re
import time
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.standins.office import Office
from tests.standins.planting import DAY, MARK, STAFF_PHONE, Planter, forms
from tests.standins.twilio import ACCOUNT, TOKEN, sign
from tests.web.family_reports import code_in
from tests.web.interviews import hidden
from tracker.channels.mail_reading import read_mail
from tracker.domain.actor import Actor
from tracker.engine.desk import Desk
from tracker.engine.sending.mailbox import take_mail
from tracker.engine.sending.row_tokens import callback_token_of, page_token, reply_code
from tracker.engine.staff import visits
from tracker.store.schema import (
    Case,
    ConsularPost,
    ContactPoint,
    ContactReport,
    Enquirer,
    OutboxMessage,
    Person,
    PostMember,
)

KANNEL_SECRET = f"{MARK}-secret-of-the-gateway"
YEAR, MONTH, NUMBER = DAY.split("-")
ON_THE_DAY = {
    "last_precision": "day",
    "last_day": NUMBER,
    "last_day_month": str(int(MONTH)),
    "last_day_year": YEAR,
}
WORDS = {"held_precision": "month", "held_month": "10", "held_month_year": "1996"}
REPORT = {
    "relation": {"relation": "other"},
    "held": WORDS,
    "heard": ON_THE_DAY,
    "seen": {"seen_precision": "year", "seen_year": "1995"},
    "means": {"means": "red_cross_message"},
    "freely": {"freely": "no", "staged": "no"},
    "rhythm": {"rhythm": "weekly"},
    "stopped": {"stopped": ["visits"]},
    "reach": {"reach": "yes"},
    "consents": {"consents": ["consular", "caseworkers"]},
}
"""What is chosen; every text is planted."""

ROLES = {
    "Aigul": ("caseworker",),
    "Bota": ("caseworker",),
    "Vera": ("supervisor",),
    "Marta": ("supervisor",),
    "Consul": ("consular",),
    "Stranger": ("consular",),
    "Admin": ("administrator",),
    "Auditor": ("auditor",),
}


@dataclass
class Walk:
    """Browsers of those who take part, and what they did."""

    app: Flask
    office: Office
    site: str
    plant: Planter = field(default_factory=Planter)
    who: dict[str, FlaskClient] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    codes: list[str] = field(default_factory=list)
    exports: list[bytes] = field(default_factory=list)

    def client(self) -> FlaskClient:
        """A browser that comes to our own address."""
        return self.app.test_client()

    def enter(self, name: str, person_id: str) -> None:
        """Let a member of staff in, password and code just given."""
        with self.office.desk() as desk:
            visit = visits.begin(desk, "staff", person_id=person_id, second_factor=True)
        self.who[name] = self.client()
        self.who[name].set_cookie("session", visit.token, domain="localhost")
        self.ids[name] = person_id

    def hire(self) -> None:
        """An administrator invites everybody, gives them numbers, and makes two posts."""
        self.enter("Admin", self.office.person("Admin", "administrator"))
        admin = self.who["Admin"]
        for name, roles in ROLES.items():
            if name == "Admin":
                continue
            self.plant.send(
                admin,
                "/people/invite",
                roles=list(roles),
                zone="UTC",
                language="en",
                send="",
                expect=200,
            )
            with self.office.desk() as desk:
                newest = select(Person.id).order_by(Person.created_at.desc(), Person.id)
                known = set(self.ids.values())
                person_id = next(p for p in desk.session.scalars(newest) if p not in known)
                row = desk.session.get_one(Person, person_id)
                row.disclosure = "reference"
                row.created_at -= timedelta(days=8)  # so that a digest is due
            at = f"/people/{person_id}"
            self.plant.send(
                admin, f"{at}/edit", f"{at}/points", channel="sms", address=self.number(at)
            )
            self.plant.send(admin, f"{at}/edit", f"{at}/name")
            with self.office.desk() as desk:
                for point in desk.session.scalars(select(ContactPoint)):
                    point.verified_at = desk.now
            self.enter(name, person_id)
        for name in ("Consul", "Stranger"):
            self.plant.send(admin, "/posts/edit", having="name", zone="UTC")
            with self.office.desk() as desk:
                newest = select(ConsularPost.id).order_by(ConsularPost.created_at.desc())
                taken = {post_id for post_id, _members in _posts(desk)}
                post = next(p for p in desk.session.scalars(newest) if p not in taken)
            self.plant.send(admin, "/posts/edit", having="person", post=post, person=self.ids[name])

    def number(self, where: str) -> str:
        """A number of a member of staff."""
        number = f"{STAFF_PHONE}{1000 + len(self.plant.planted)}"
        self.plant.planted[number[1:]] = where
        self.plant.fields.add(("/people/*/points", "address"))
        return number

    def report(self) -> str:
        """A family reports, question by question, and is given its code; the reference."""
        family, answered = self.client(), set[str]()
        answer = self.plant.send(family, "/report")
        while answer.location != "/report/check":
            key = answer.location.removeprefix("/report/")
            assert key not in answered, f"{key} is asked again and again"
            answered.add(key)
            answer = self.plant.send(family, answer.location, **REPORT.get(key, {}))
        sent = self.plant.send(family, "/report/check", "/report/send", expect=200)
        self.codes.append(code_in(sent))
        with self.office.desk() as desk:
            case = desk.session.scalars(select(Case).order_by(Case.opened_at.desc())).first()
            assert case is not None
            case.caseworker_id, case.supervisor_id = self.ids["Aigul"], self.ids["Vera"]
            return str(case.ref)

    def come_back(self, code: str) -> FlaskClient:
        """The family signs in with its code."""
        family = self.client()
        self.plant.send(family, "/status", code=code)
        return family

    def news(self, family: FlaskClient) -> None:
        """News, a message, other ways to be reached."""
        told = {**ON_THE_DAY, "means": "red_cross_message", "freely": "yes", "staged": "no"}
        echo = self.plant.send(family, "/status/news", expect=200, **told)
        self.plant.resend(family, echo, "/status/news", keep=("last_words", "said"), sure="1")
        self.plant.send(family, "/status/message")
        self.plant.send(family, "/status/reach", reach="yes")
        self.plant.send(family, "/status/permissions", scope="public")
        self.plant.send(family, "/status/pictures", pictures=self.picture())

    def picture(self) -> tuple[io.BytesIO, str]:
        """A photo of a letter with words in its description and in its name."""
        raw, described = io.BytesIO(), Image.Exif()
        described[0x010E] = self.plant.word("a picture's description")
        Image.new("RGB", (60, 40), (200, 180, 160)).save(raw, "jpeg", exif=described)
        assert MARK.encode() in raw.getvalue()
        raw.seek(0)
        return raw, f"{self.plant.word('a picture as a file')}.jpg"

    def interview(self) -> str:
        """A caseworker types what somebody tells; the reference."""
        self.plant.fields.add(("/cases/new", "names"))
        return self._typed("/cases/new", names=self.plant.word("/cases/new names"))

    def tell(self, ref: str) -> None:
        """Another source."""
        self._typed(f"/cases/{ref}/tell")

    def _typed(self, page: str, **given: str) -> str:
        dates = {f"{name}_days": "" for name in ("held", "seen")} | {"heard_days": DAY}
        dates |= {"means": "red_cross_message", "freely": "yes", "staged": "no"}
        kinds = {"kind_1": "charged"}
        worker = self.who["Aigul"]
        keep = ("zone_name", "said_on")
        answer = self.plant.send(worker, page, keep=keep, expect=200, **dates, **kinds, **given)
        typed = {
            one: value
            for one in ("agreed", "alike", "once")
            if f'name="{one}"' in answer.text
            for value in [hidden(answer, one)]
        }
        shown = {
            found.name: found.value
            for form in forms(answer.text)
            for found in form.fields
            if form.method == "post" and found.takes_words
        }
        answer = self.plant.resend(
            worker, answer, page, **{**shown, **dates, **kinds, **given, **typed}
        )
        return answer.location.removeprefix("/cases/").partition("?")[0]

    def desk_work(self, ref: str) -> None:
        """Everything a caseworker and a supervisor do to a case."""
        at, aigul, vera = f"/cases/{ref}", self.who["Aigul"], self.who["Vera"]
        send = self.plant.send
        self.tell(ref)
        day = {"when_precision": "day", "when_day": NUMBER, "when_day_month": str(int(MONTH))}
        day |= {"when_day_year": YEAR, "class": "direct", "means": "red_cross_message"}
        echo = send(aigul, f"{at}/contact", expect=200, **day)
        self.plant.resend(aigul, echo, f"{at}/contact")
        send(aigul, f"{at}/pictures", f"{at}/pictures", pictures=self.picture())
        send(aigul, "/account/tokens", expect=200)
        for number, (act, way) in enumerate(
            (("reason", "confirm"), ("why", "reject"), ("wrong", "retract"))
        ):
            wanted = "confirmed" if way == "retract" else "pending"
            with self.office.desk() as desk:
                reports = select(ContactReport.id).join(Case).where(Case.ref == ref)
                report = desk.session.scalars(reports.where(ContactReport.state == wanted)).first()
            assert report, f"{number}: no report to {way}, {act}"
            given = {"class": "direct"} if way == "confirm" else {}
            send(aigul, f"{at}/contacts/{report}", f"{at}/contacts/{report}/{way}", **given)
        with self.office.desk() as desk:
            who = desk.session.scalars(select(Enquirer.id).join(Case).where(Case.ref == ref)).one()
        (fact, *_more) = re.findall(rf'{at}/wrong/(\w+)"', aigul.get(f"{at}/wrong").text)
        send(aigul, f"{at}/wrong/{fact}")
        send(aigul, f"{at}/wrong", f"{at}/wrong/{fact}/back")
        send(aigul, f"{at}/messages", enquirer=who)
        send(aigul, f"{at}/enquirers/{who}", expect=200)
        consent = {"enquirer": who, "scope": "consular", "given": "yes", "spoken": "1"}
        send(aigul, f"{at}/consent", language="en", **consent)
        with self.office.desk() as desk:
            posts = [row for row in _posts(desk) if self.ids["Consul"] in row[1]]
        groups = ["name", "dates", "place"]
        send(aigul, f"{at}/share", post=posts[0][0], fields=groups)
        send(aigul, f"{at}/ask", post=posts[0][0])
        shared = f"/shared/{ref}"
        page = self.who["Consul"].get(shared)
        question = re.findall(r'name="question" value="(\w+)"', page.text)[0]
        send(self.who["Consul"], shared, f"{shared}/answer", question=question, outcome="answered")
        send(aigul, f"{at}/acknowledge")
        until = (self.office.clock.now.date()).fromordinal(self.office.clock.now.toordinal() + 5)
        send(aigul, f"{at}/snooze", until=until.isoformat())
        send(aigul, f"{at}", f"{at}/snooze/end")
        send(aigul, f"/queue/snooze?ref={ref}", until=until.isoformat())
        send(aigul, "/queue?view=mine", "/queue/views")
        send(aigul, "/queue", "/queue/search")
        send(aigul, f"{at}/same", f"{at}/same")
        send(aigul, f"{at}/keeping", until=until.isoformat())
        send(aigul, f"{at}/policy", zone="Asia/Almaty")
        send(aigul, f"{at}/hand-over", person=self.ids["Bota"])
        send(vera, f"/people/{self.ids['Bota']}/cases", person=self.ids["Aigul"])
        send(vera, f"{at}/close", reason="found", on=DAY)
        send(vera, f"{at}/reopen")
        send(vera, f"{at}/assign", caseworker=self.ids["Aigul"], supervisor=self.ids["Vera"])

    def two_are_one(self, ref: str, other: str) -> None:
        """Merged, and taken apart again."""
        vera, page = self.who["Vera"], f"/cases/{ref}/same/{other}"
        send = self.plant.send
        self.ids["merged"] = other
        send(vera, page, f"{page}/merge")
        send(vera, f"/cases/{ref}/unmerge")

    def answers(self) -> None:
        """Alerts are answered by each way: the page behind a link, a text message, nonsense."""
        services = self.office.services
        rows = [row for row in self.office.rows(kind="alert") if row.handed_over_at is not None]
        assert rows, "no alert went out"
        link = f"/a/{page_token(services.ring, rows[0].id)}"
        stranger = self.client()
        assert stranger.get(link).status_code == 200
        self.plant.send(stranger, link, expect=200)
        text = next(row for row in rows if row.channel == "sms")
        number, code = self.address(text), reply_code(services.ring, text.id)
        words = ("1 " + code, self.plant.word("/hooks/twilio/sms Body"), "3")
        for n, said in enumerate(words):
            self._twilio("sms", MessageSid=f"SM{n}", From=number, Body=said)
        call = f"voice/{callback_token_of(services.ring, text.id)}"
        caller = self.plant.word("/hooks/twilio/voice CallerName")
        said = self._twilio(call, CallSid="CA1", From=number, CallerName=caller, Digits="1")
        assert said.mimetype == "text/xml" and "<Say" in said.text
        self._mailed(next(row for row in rows if row.channel == "email"))

    def address(self, row: OutboxMessage) -> str:
        """Where a message went to."""
        with self.office.desk() as desk:
            point = desk.session.get_one(ContactPoint, row.contact_point_id)
            return str(desk.safe.open(point, "address"))

    def _twilio(self, what: str, **form: str) -> TestResponse:
        form |= {"AccountSid": ACCOUNT, "To": "+15005550006"}
        signed = sign(f"{self.site}/hooks/twilio/{what}", form, TOKEN)
        headers = {"X-Twilio-Signature": signed}
        answer = self.client().post(f"/hooks/twilio/{what}", data=form, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer

    def _mailed(self, row: OutboxMessage) -> None:
        """An answer to a mail, as a mailbox gives it to the worker, with words of one's own."""
        raw = (
            f"From: {self.plant.word('a mail: its From')} <{self.address(row)}>\r\n"
            f"Message-ID: <{self.plant.word('a mail: its Message-ID')}@example.net>\r\n"
            f"Subject: Re: {self.plant.word('a mail: its Subject')}\r\n"
            f"In-Reply-To: <{row.id}.{row.reference}@tracker.example.org>\r\n\r\n"
            f"1\r\n{self.plant.word('a mail: its text')}\r\n"
        )
        (mail,) = read_mail(raw.encode())
        with self.office.worker().desk(Actor("provider")) as desk:
            assert take_mail(desk, mail), "it is understood"

    def by_kannel(self) -> list[str]:
        """Addresses that a gateway calls: an answer, words, and a report; nothing is signed."""
        ring = self.office.services.ring
        row = next(r for r in self.office.rows(channel="sms") if r.handed_over_at is not None)
        number, code = self.address(row), reply_code(ring, row.id)
        self.plant.planted.setdefault(KANNEL_SECRET, "the gateway's secret")
        words = f"1 {code}", self.plant.word("/hooks/kannel/sms text")
        at = f"/hooks/kannel/{KANNEL_SECRET}"
        return [
            *(
                f"{at}/sms?{urlencode({'from': number, 'text': said, 'id': f'k{n}'})}"
                for n, said in enumerate(words)
            ),
            f"{at}/dlr/{callback_token_of(ring, row.id)}?type=8&try=1",
        ]

    def import_file(self, folder: Path) -> Path:
        """A sheet with a planted word in every column."""
        columns = ("name", "place", "description", "source", "said", "relation", "enquirer")
        file = folder / "cases.csv"
        with file.open("w", newline="", encoding="utf-8") as output:
            sheet = csv.writer(output)
            sheet.writerow(["id", *columns, "last heard"])
            words = [self.plant.word(f"import {column}") for column in columns]
            sheet.writerow([self.plant.word("import id"), *words, DAY])
        return file

    def import_page(self) -> None:
        """A sheet by the page, tried and brought in."""
        vera = self.who["Vera"]
        sheet = f"name,last heard\n{self.plant.word('/import a name')},{DAY}\n".encode()
        at = self.plant.send(vera, "/import", file=(io.BytesIO(sheet), "cases.csv")).location
        self.plant.send(vera, at, f"{at}/columns")
        while "Refresh" in (shown := vera.get(at)).headers:
            time.sleep(0.1)
        self.plant.resend(vera, shown, at, f"{at}/apply")
        while "Refresh" in vera.get(at).headers:
            time.sleep(0.1)

    def take_out(self) -> None:
        """Every form of export, by a supervisor."""
        vera = self.who["Vera"]
        for kind in ("csv", "json", "pfif"):
            self.plant.send(vera, "/exports", form=kind, ref="")
            page = vera.get("/exports").text
            (file,) = re.findall(r'action="(/exports/\w+/file)"', page)
            taken = self.plant.send(vera, "/exports", file, expect=200)
            self.exports.append(taken.get_data())


def _posts(desk: Desk) -> list[tuple[str, set[str]]]:
    """The posts with their members."""
    found: dict[str, set[str]] = {}
    for row in desk.session.scalars(select(PostMember)):
        found.setdefault(row.post_id, set()).add(row.person_id)
    return list(found.items())

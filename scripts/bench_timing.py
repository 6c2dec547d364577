"""Whether time tells what no answer says (S8): pairs of requests that must not be told apart.

    scripts/bench --timing [TIMES]      # 80 of each unless told otherwise

A throw-away instance is asked through the application itself, the two kinds in random order, each
try from an address and at an account of its own, with hashes at their real cost. Printed for each
pair: medians, the ratio of medians, and z of a rank-sum test (Mann and Whitney, normal
approximation). Goals: the ratio between 0.95 and 1.05 where a hash is run and 0.90 and 1.10
elsewhere, or |z| below 3: then that many tries do not tell one from the other. Exit status 1
when a pair misses both. The last lines say how long a right code and a right password take.
"""

from __future__ import annotations

import random
import re
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from statistics import median, quantiles

from flask import Flask
from flask.testing import FlaskClient

from tests.web.family_reports import ANSWERS, answer
from tracker.bootstrap import Services, set_up
from tracker.domain.actor import OPERATOR
from tracker.domain.contact import Interval
from tracker.engine.cases import cases, record
from tracker.engine.staff import accounts, api_tokens, visits
from tracker.engine.staff.accounts import add_person
from tracker.security import passwords, receipts, totp
from tracker.security.tokens import new_token
from tracker.settings import load
from tracker.store import api, people
from tracker.store.schema import Person, new_id
from tracker.web import create_app

TIMES = 80
CLOSE, NEAR = 0.05, 0.10
SURE = 3.0
PASSWORD = "three invented horses"  # noqa: S105 — of nobody
SECRET = "0123456789AB"  # noqa: S105 — of nobody

Act = Callable[[int], float]
_addresses = count(1)


def main() -> int:
    """Measure every pair; the exit status."""
    times = int(sys.argv[1]) if len(sys.argv) > 1 else TIMES
    with tempfile.TemporaryDirectory() as folder:
        ready = set_up(load({"TRACKER_DELIVERY": "file"}, Path(folder) / "timing"))
        app = create_app(ready, testing=True)
        asked = Asked(app, ready, times)
        well = [
            asked.pair(
                "receipt: wrong secret, unknown", asked.wrong_code, asked.unknown_code, CLOSE
            ),
            asked.pair(
                "sign-in: wrong password, unknown address",
                asked.wrong_password,
                asked.unknown_address,
                CLOSE,
            ),
            asked.pair(
                "sign-in: invited only, unknown address",
                asked.invited,
                asked.unknown_address,
                CLOSE,
            ),
            asked.pair("a link: used, never made", asked.used_link, asked.no_link, NEAR),
            asked.pair("a token: ended, never made", asked.ended_token, asked.no_token, NEAR),
            asked.pair("a case: another's, absent", asked.foreign_case, asked.absent_case, NEAR),
            asked.pair(
                "report: person known, person new", asked.known_person, asked.new_person, NEAR
            ),
        ]
        asked.alone("receipt: right", asked.right_code)
        asked.alone("sign-in: right password", asked.right_password)
        ready.database.engine.dispose()
    return 0 if all(well) else 1


class Asked:
    """An instance with accounts, receipts and cases enough for a try each."""

    def __init__(self, app: Flask, ready: Services, times: int) -> None:
        self.app, self.ready, self.times = app, ready, times
        self._rng = random.Random(20260302)
        with ready.desk(OPERATOR) as desk:
            hashed = passwords.hash_password(PASSWORD)
            self.people = [f"person{n}@example.org" for n in range(3 * times)]
            for n, email in enumerate(self.people):
                person = add_person(desk, email=email, name=f"Nobody {n}", roles=["caseworker"])
                if n < 2 * times:
                    person.password_hash = hashed
                    desk.safe.seal(person, "totp", totp.new_secret())
                    person.totp_confirmed_at = desk.now
            mine, other = (
                add_person(desk, email=f"{who}@example.net", name=who, roles=["caseworker"])
                for who in ("mine", "other")
            )
            pepper = ready.ring.pepper
            stored = receipts.hash_secret(SECRET, pepper)
            self.codes = []
            for n in range(2 * times):
                case = self._case(desk, other, f"Tursun Hapiz {n}")
                enquirer = record.add_enquirer(desk, case, {}, language="en")
                locator = f"{n:08d}"
                enquirer.receipt_locator = receipts.locator_hmac(locator, pepper)
                enquirer.receipt_hash = stored
                self.codes.append(locator)
            self.refs = [self._case(desk, other, "Somebody").ref for _n in range(times)]
            self._case(desk, mine, "Mine")
            visit = visits.begin(desk, "staff", person_id=mine.id, second_factor=True)
            self.links = [accounts.new_link(desk, mine, "invite") for _n in range(times)]
            people.void_links(desk.session, mine.id, visits.real_now(desk))
            desk.actor = visits.actor_of(desk, mine)
            self.tokens = []
            for n in range(times):  # ten may live at once
                made = api_tokens.make(desk, f"{n}", api_tokens.READ, api_tokens.DAYS[0])
                self.tokens.append(made)
                api.end_all(desk.session, mine.id, visits.real_now(desk))
        self.staff = app.test_client()
        self.staff.set_cookie("session", visit.token, domain="localhost")
        self._page("/status")  # templates are compiled, the first hash is run
        self._post("/status", {"code": code_of("99999999", SECRET)})
        self._post("/signin", {"email": "nobody@example.com", "password": "x"})

    def _case(self, desk, owner: Person, name: str):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
        day = desk.now.date()
        case = cases.open_case(
            desk, zone_name="UTC", caseworker_id=owner.id, missing_since=Interval(day, day)
        )
        record.add_name(desk, case, name)
        return case

    def pair(self, what: str, one: Act, other: Act, within: float) -> bool:
        """Both, in random order; whether they are alike."""
        found: dict[int, list[float]] = {0: [], 1: []}
        order = [0, 1] * self.times
        self._rng.shuffle(order)
        for which in order:
            found[which].append((one, other)[which](len(found[which])))
        first, second = found[0], found[1]
        ratio, z = median(first) / median(second), rank_sum(first, second)
        well = abs(ratio - 1) <= within or abs(z) < SURE
        say(
            what,
            f"{spread(first)} : {spread(second)}   ratio {ratio:.3f}  z {z:+.1f}"
            f"   {'alike' if well else 'TOLD APART'}",
        )
        return well

    def alone(self, what: str, act: Act) -> None:
        """One kind by itself, for people to know."""
        say(what, spread([act(n) for n in range(min(self.times, 20))]))

    def wrong_code(self, n: int) -> float:
        return self._post("/status", {"code": code_of(self.codes[n], "ZZZZZZZZZZZZ")}, 422)

    def unknown_code(self, n: int) -> float:
        return self._post("/status", {"code": code_of(f"{90000000 + n}", SECRET)}, 422)

    def right_code(self, n: int) -> float:
        return self._post("/status", {"code": code_of(self.codes[self.times + n], SECRET)}, 303)

    def wrong_password(self, n: int) -> float:
        return self._sign_in(self.people[n], "another thing", 422)

    def right_password(self, n: int) -> float:
        return self._sign_in(self.people[self.times + n], PASSWORD, 303)

    def invited(self, n: int) -> float:
        return self._sign_in(self.people[2 * self.times + n], PASSWORD, 422)

    def unknown_address(self, _n: int) -> float:
        return self._sign_in(f"{new_id()}@example.org", PASSWORD, 422)

    def used_link(self, n: int) -> float:
        return self._welcome(self.links[n])

    def no_link(self, _n: int) -> float:
        return self._welcome(new_token())

    def _welcome(self, token: str) -> float:
        sent = {"password": PASSWORD, "again": PASSWORD}
        return self._post(f"/welcome/{token}", sent, 404)

    def ended_token(self, n: int) -> float:
        return self._program(self.tokens[n])

    def no_token(self, _n: int) -> float:
        return self._program(api_tokens.PREFIX + new_token())

    def _program(self, token: str) -> float:
        browser, where = self._stranger()
        started = time.perf_counter()
        answer = browser.get(
            "/api/v1/cases",
            headers={"Authorization": f"Bearer {token}"},
            environ_overrides=where,
        )
        took = time.perf_counter() - started
        assert answer.status_code in (401, 429), answer.status  # the brake holds for both
        return took

    def foreign_case(self, n: int) -> float:
        return self._get(f"/cases/{self.refs[n]}")

    def absent_case(self, n: int) -> float:
        return self._get(f"/cases/ZZ{n:04d}".translate(str.maketrans("0123456789", "ABCDEFGHJK")))

    def known_person(self, n: int) -> float:
        return self._report(f"Tursun Hapiz {n}")

    def new_person(self, n: int) -> float:
        return self._report(f"Nurlan Qasymov {n}")

    def _sign_in(self, email: str, password: str, expect: int) -> float:
        return self._post("/signin", {"email": email, "password": password}, expect)

    def _get(self, address: str) -> float:
        started = time.perf_counter()
        answer = self.staff.get(address)
        took = time.perf_counter() - started
        assert answer.status_code == 404, answer.status
        return took

    def _page(self, address: str) -> tuple[FlaskClient, dict[str, str], str]:
        browser, where = self._stranger()
        page = browser.get("/signin" if "/welcome/" in address else address).text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert token
        return browser, where, token[1]

    def _stranger(self) -> tuple[FlaskClient, dict[str, str]]:
        """A browser of another neighbourhood, a network of 256 addresses, than all before."""
        browser, number = self.app.test_client(), next(_addresses)
        where = {"REMOTE_ADDR": f"{11 + number // 65536}.{number // 256 % 256}.{number % 256}.7"}
        browser.environ_base |= where
        return browser, where

    def _post(self, address: str, data: dict[str, str], expect: int | None = None) -> float:
        browser, where, token = self._page(address)
        started = time.perf_counter()
        answer = browser.post(address, data=data | {"csrf_token": token}, environ_overrides=where)
        took = time.perf_counter() - started
        assert expect in (None, answer.status_code), f"{address}: {answer.status}"
        return took

    def _report(self, name: str) -> float:
        browser, _where = self._stranger()
        names = ANSWERS["names"] | {"name_1": name, "name_2": ""}
        answer(browser, names=names)
        token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/report/check").text)
        assert token
        started = time.perf_counter()
        sent = browser.post("/report/send", data={"csrf_token": token[1]})
        took = time.perf_counter() - started
        assert sent.status_code == 200, sent.status
        return took


def code_of(locator: str, secret: str) -> str:
    """A whole code: of the 32 check characters one fits."""
    return next(
        code for sign in receipts.ALPHABET if receipts.parse(code := f"{locator}{secret}{sign}")
    )


def rank_sum(first: list[float], second: list[float]) -> float:
    """z of the Mann-Whitney test; times do not tie."""
    ranked = sorted([(took, 0) for took in first] + [(took, 1) for took in second])
    ranks = sum(rank for rank, (_took, which) in enumerate(ranked, start=1) if which == 0)
    n, m = len(first), len(second)
    middle, deviation = n * (n + m + 1) / 2, (n * m * (n + m + 1) / 12) ** 0.5
    return (ranks - middle) / deviation


def spread(found: list[float]) -> str:
    """Median and the middle half, in milliseconds."""
    low, _middle, high = quantiles(found, n=4)
    return f"{median(found) * 1000:8.2f} ms [{low * 1000:.2f}–{high * 1000:.2f}]"


def say(what: str, figures: str) -> None:
    """A line of the table."""
    print(f"{what:<42}{figures}", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())

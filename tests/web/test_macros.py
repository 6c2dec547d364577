"""The macros every page is made of: labels, names, directions, escaping."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader

from tests.web.test_static_build import ROOT
from tracker.web.charts import PAPER

TEMPLATES = ROOT / "tracker" / "web" / "templates"
IMPORTS = (
    '{% import "macros/forms.html" as f with context %}'
    '{% import "macros/bits.html" as b with context %}'
    '{% from "macros/approx_date.html" import approx_date with context %}'
)
Render = Callable[..., str]
Tag = tuple[str, dict[str, str | None]]


class Tags(HTMLParser):
    """All start tags with their attributes; complains about a tag closed out of turn."""

    VOID = frozenset({"input", "meta", "link", "br", "path", "rect", "circle"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[Tag] = []
        self.open: list[str] = []
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag

    def all(self, *names: str) -> list[dict[str, str | None]]:
        return [attrs for tag, attrs in self.tags if tag in names]


@pytest.fixture(scope="module")
def render() -> Render:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, extensions=["jinja2.ext.i18n"]
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        lambda s: s, lambda one, many, n: one if n == 1 else many, newstyle=True
    )

    def to_html(source: str, **context: Any) -> str:
        base = {
            "lang": "en",
            "dir": "ltr",
            "languages": [("en", "English", "ltr"), ("ug", "ئۇيغۇرچە", "rtl")],
            "asset": lambda name: f"/static/{name}",
            "csrf_token": lambda: "token",
        }
        if not source.startswith("{% extends"):
            source = IMPORTS + source
        return environment.from_string(source).render(base | context)

    return to_html


FIELDS = [
    "f.text('x', 'Label', hint='Hint', error='Wrong')",
    "f.textarea('x', 'Label', hint='Hint', error='Wrong')",
    "f.phone('x', 'Label')",
    "f.email('x', 'Label')",
    "f.password('x', 'Label')",
    "f.code('x', 'Label')",
    "f.number('x', 'Label', 3, suffix='days')",
    "f.select('x', 'Label', [('a', 'A'), ('b', 'B')], 'b')",
    "f.radios('x', 'Legend', [('a', 'A'), ('b', 'B', 'Hint')], 'b', error='Wrong')",
    "f.checkboxes('x', 'Legend', [('a', 'A'), ('b', 'B')], ['a'])",
    "f.checkbox('x', 'Label', true)",
    "f.file('x', 'Label')",
    "f.date_iso('x', 'Label')",
    "approx_date('x', 'Legend', {}, [(1, 'January')], [('spring', 'Spring')], [('n', 'Nowruz')])",
    "approx_date('x', 'L', {}, [(1, 'J')], [('s', 'S')], [], {'x_season': 'W', 'x_day_year': 'W'})",
]


@pytest.mark.parametrize("field", FIELDS)
def test_every_field_has_its_own_label_and_its_help_exists(render: Render, field: str) -> None:
    """WCAG 2.2, 1.3.1 and 3.3.2; an aria-describedby that points nowhere says nothing."""
    page = Tags(render("{{ " + field + " }}"))
    ids = [str(a["id"]) for _, a in page.tags if "id" in a]
    assert len(ids) == len(set(ids))
    labels = [a["for"] for a in page.all("label")]
    fields = [a for a in page.all("input", "select", "textarea") if a.get("type") != "hidden"]
    assert fields
    for attributes in fields:
        assert labels.count(attributes["id"]) == 1
    for _, attributes in page.tags:
        for target in (attributes.get("aria-describedby") or "").split():
            assert target in ids


def test_a_field_for_files_says_in_the_pages_language_what_its_button_does(render: Render) -> None:
    """The browser writes that button, in a language of its own."""
    page = Tags(render("{{ f.file('x', 'Label', 'At most 5 MB.') }}"))
    (field,) = page.all("input")
    assert field["aria-describedby"] == "x-hint"
    assert "At most 5 MB. The button below opens the files" in render(
        "{{ f.file('x', 'Label', 'At most 5 MB.') }}"
    )


def test_a_fact_too_long_for_half_a_telephone_has_the_whole_of_it(render: Render) -> None:
    """So no date in it is torn apart."""
    facts = [("1420–1784 days", "A"), ("22\u00a0қаз.\u00a02026", "B"), ("x" * 40, "C")]
    page = Tags(render("{{ b.facts(told) }}", told=facts))
    shown = [str(a.get("class")) for a in page.all("dd")]
    assert shown == ["None", "is-wide", "is-wide is-long"]


HOSTILE = "\"><script>alert(1)</script>' onfocus='x"


@pytest.mark.parametrize(
    "field",
    [
        "f.text('x', w, w, w, w)", "f.textarea('x', w, w, w, w)", "f.select('x', w, [(w, w)], w)",
        "f.radios('x', w, [(w, w, w)], w, w, w)", "f.checkboxes('x', w, [(w, w, w)], [w], w, w)",
        "f.error_summary({'x': w}, w)", "f.post_button('/', w, {'n': w})", "f.hidden('x', w)",
        "f.number('x', w, w)", "b.name(w)", "b.user_text(w)", "b.facts([(w, w, w)])",
        "b.summary_list([{'key': w, 'value': w}])", "b.timeline_item(w, w, 'note', w)",
        "b.views([{'url': '/', 'label': w}])", "b.banner(w, 'info', w)", "b.receipt(w, w, w)",
        "b.picture('', [w], [[w, w]], w)", "b.page_head(w, 'watch', w)", "b.empty(w, w, '/', w)",
        "approx_date('x', w, {'x_words': w, 'x_day': w}, [], [], [], {'x_day': w}, w)",
    ],
)  # fmt: skip
def test_what_people_write_stays_text(render: Render, field: str) -> None:
    page = Tags(render("{{ " + field + " }}", w=HOSTILE))
    assert page.all("script") == []
    assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)


def test_free_text_takes_its_own_direction_and_codes_stay_left_to_right(render: Render) -> None:
    """S16."""
    for free in ("f.text('x', 'L')", "f.textarea('x', 'L')"):
        (field,) = Tags(render("{{ " + free + " }}")).all("input", "textarea")
        assert field["dir"] == "auto"
    for fixed in (
        "f.phone('x', 'L')",
        "f.email('x', 'L')",
        "f.code('x', 'L')",
        "f.number('x', '')",
    ):
        (field,) = Tags(render("{{ " + fixed + " }}")).all("input")
        assert field["dir"] == "ltr"
    assert '<bdi dir="ltr"' in render("{{ b.ltr('KZ-1') }}")


def test_the_approximate_date_names_its_fields_and_keeps_own_words(render: Render) -> None:
    sent = {
        "when_precision": "season",
        "when_season": "spring",
        "when_season_year": "2018",
        "when_words": "when the school began",
    }
    html = render(
        "{{ approx_date('when', 'When?', sent, [(3, 'March')], [('spring', 'Spring')], "
        "[('nowruz', 'Nowruz')]) }}",
        sent=sent,
    )
    page = Tags(html)
    names = [str(a["name"]) for a in page.all("input", "select", "textarea")]
    parts = ["day", "day_month", "day_year", "month", "month_year", "season", "season_year"]
    parts += ["year", "event", "event_year", "words"]
    assert sorted(set(names)) == sorted(f"when_{part}" for part in ["precision", *parts])
    assert len([n for n in names if n != "when_precision"]) == len(parts)
    chosen = [a["value"] for a in page.all("input") if "checked" in a]
    assert chosen == ["season"]
    assert [a["value"] for a in page.all("option") if "selected" in a] == ["spring"]
    assert "when the school began</textarea>" in html


def test_choices_may_open_fields_without_script(render: Render) -> None:
    html = render(
        "{% call(v) f.radios('x', 'L', [('a', 'A'), ('b', 'B')]) %}"
        "{% if v == 'b' %}{{ f.text('more', 'More') }}{% endif %}{% endcall %}"
    )
    assert html.count('class="reveal"') == 1
    assert html.index('value="b"') < html.index('class="reveal"') < html.index('name="more"')


def test_an_error_summary_links_to_each_field_and_is_absent_without_errors(render: Render) -> None:
    assert render("{{ f.error_summary({}) }}").strip() == ""
    html = render("{{ f.error_summary(e) }}", e={"x": "Write a year.", "": "Try again."})
    assert '<a href="#x">Write a year.</a>' in html
    assert "<li>Try again.</li>" in html


def test_a_receipt_keeps_its_groups_whole_and_left_to_right(render: Render) -> None:
    html = render("{{ b.receipt('Done', 'ABCD-EFGH-J') }}")
    assert re.findall(r'<span class="nowrap">(\w+)</span>', html) == ["ABCD", "EFGH", "J"]
    assert 'dir="ltr" translate="no"' in html


LAYOUTS = ["family", "staff", "plain"]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_layouts_are_whole_pages(render: Render, layout: str, direction: str) -> None:
    html = render(
        '{% extends "layouts/'
        + layout
        + '.html" %}{% block content %}<h1>Hello</h1>{% endblock %}',
        dir=direction,
    )
    page = Tags(html)
    assert page.all("html") == [{"lang": "en", "dir": direction}]
    assert len(page.all("main")) == len(page.all("h1")) == 1
    kit = "kit.rtl.css" if direction == "rtl" else "kit.css"
    own = "staff.css" if layout == "staff" else "family.css"
    sheets = [a["href"] for a in page.all("link") if a["rel"] == "stylesheet"]
    assert sheets == [f"/static/{kit}", f"/static/{own}"]
    assert page.all("script") == page.all("style") == []
    assert not any("style" in attributes for _, attributes in page.tags)
    assert page.all("a")[0]["href"] == "#main"
    titles = re.findall(r"<title>(.*?)</title>", html)
    assert titles == ["Contact"]


def test_the_quiet_exit_is_a_link_on_family_pages_only(render: Render) -> None:
    pages = {x: render('{% extends "layouts/' + x + '.html" %}') for x in LAYOUTS}
    assert [x for x, html in pages.items() if 'href="/leave"' in html] == ["family"]


def test_the_picker_shows_languages_in_their_own_names(render: Render) -> None:
    html = render('{% extends "layouts/family.html" %}')
    assert 'hreflang="ug" lang="ug" dir="rtl">ئۇيغۇرچە</a>' in html
    assert html.count("aria-current") == 1
    assert "<nav" not in render('{% extends "layouts/plain.html" %}', languages=[])


def test_the_step_line_shows_only_when_a_page_fills_it(render: Render) -> None:
    page = '{% extends "layouts/family.html" %}'
    assert 'class="step"' not in render(page)
    assert '<p class="step">2 of 9</p>' in render(page + "{% block step %}2 of 9{% endblock %}")


def test_staff_bars_appear_when_there_is_cause(render: Render) -> None:
    page = '{% extends "layouts/staff.html" %}'
    assert "strip-bar" not in render(page)
    notices = {
        "health": [{"text": "No SMS has left."}],
        "file_delivery": True,
        "paused": True,
        "demo": {"now": "21 Nov", "url": "/demo/clock"},
    }
    html = render(
        page, notices=notices, actor={"name": "Dana"}, nav=[{"key": "queue", "url": "/q"}]
    )
    assert html.count('class="strip-bar') == 4
    forms = Tags(html).all("form")
    assert [(a["method"], a["action"]) for a in forms] == [
        ("post", "/signout"),
        ("post", "/demo/clock"),
    ]
    assert html.count('name="csrf_token" value="token"') == 2


def test_paper_is_white() -> None:
    """The contrasts are computed against the ground the pages really have."""
    assert f"$paper: {PAPER};" in (ROOT / "scripts/frontend/_tokens.scss").read_text()

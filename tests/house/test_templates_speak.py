"""No word in a template escapes the translators."""

import re
from pathlib import Path

import pytest

from tests.house.files import ROOT, program, text

SPOKEN = re.compile(
    r"\{%-?\s*trans\b.*?endtrans\s*-?%\}|\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<!--.*?-->"
    r"|<(script|style|code)\b.*?</\1>",
    re.DOTALL,
)
SHOWN_ATTRIBUTE = re.compile(r"\s(?:title|alt|placeholder|aria-label|value)=\"([^\"]*)\"")
TAG = re.compile(r"<[^>]*>", re.DOTALL)
ATTRIBUTE = re.compile(r"\s[\w-]+=\"[^\"]*\"")
ALLOWED = {"tel", "px", "utf"}
TEMPLATES = [path for path in program(".html", ".txt") if "templates" in path.parts]


def unspoken(template: str) -> list[str]:
    """Words of a template that are shown as they stand, in English to everybody."""
    rest = SPOKEN.sub(" ", template)
    shown = [match for match in SHOWN_ATTRIBUTE.findall(rest) if " " in match or match.istitle()]
    rest = ATTRIBUTE.sub(" ", TAG.sub(" ", rest))  # a macro may write attributes alone
    words = re.findall(r"[^\W\d_]{2,}", re.sub(r"&#?\w+;", " ", " ".join([rest, *shown])))
    return [word for word in words if word.lower() not in ALLOWED]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_word_is_translated(path: Path) -> None:
    assert unspoken(text(path) or "") == []


def test_the_test_itself_sees() -> None:
    assert unspoken("<p>{{ _('Hello') }} world</p>") == ["world"]
    assert unspoken('<img alt="A chart"> {% trans %}Hello{% endtrans %}') == ["chart"]
    assert unspoken('{% if a %}<b class="x">{# note #}</b>&nbsp;{% endif %}') == []

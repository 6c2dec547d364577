"""Extracts, updates, compiles and checks the message catalogues. Run it by scripts/translations."""

import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from glossary import word_faults

from tracker import i18n
from tracker.i18n.languages import LANGUAGES, SOURCE
from tracker.i18n.review import groups, review

ROOM = Path(i18n.__file__).parent
ROOT = ROOM.parent.parent
TRANSLATED = [code for code in LANGUAGES if code != SOURCE]
COMMENTS = ["i18n:"]
"""A comment that begins so is a word to the translator."""
SAME_DAY = datetime(2026, 1, 1, tzinfo=UTC)
"""Written as the date of every catalogue: a file changes only when its words do."""
BINDS = {"ru": re.compile(r"(?<!\w)([вкосуияВКОСУИЯ]) (?=\S)")}
"""Where a language's typesetters let no line end in a word of one letter, such words."""
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w*)\}|%%")


def po_path(code: str) -> Path:
    """The catalogue of a language, for translators."""
    return ROOM / "translations" / code / "LC_MESSAGES" / "messages.po"


def extracted() -> Catalog:
    """Every string that the program shows, with the files it stands in."""
    with (ROOM / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file, "babel.cfg")
    catalogue = _catalogue(None)
    found = extract_from_dir(
        ROOT / "tracker", methods, options, DEFAULT_KEYWORDS, COMMENTS, strip_comment_tags=True
    )
    for name, line, message, comments, context in found:
        place = [(f"tracker/{name}", line)]
        catalogue.add(message, None, place, auto_comments=comments, context=context)
    return catalogue


def read(code: str) -> Catalog:
    """The catalogue of a language as it stands; an absent one is empty."""
    path = po_path(code)
    if not path.exists():
        return _catalogue(code)
    with path.open("rb") as file:
        return read_po(file, locale=code, domain="messages")


def update() -> None:
    """Brings every .po file to the strings of the program, keeping what is translated."""
    template = extracted()
    for code in TRANSLATED:
        old, new = read(code), _catalogue(code)
        for message in template:
            if message.id:
                kept = old.get(message.id, message.context)
                new.add(
                    message.id, kept.string if kept else None, message.locations,
                    kept.flags if kept else (), message.auto_comments,
                    kept.user_comments if kept else (), context=message.context,
                )  # fmt: skip
        po_path(code).parent.mkdir(parents=True, exist_ok=True)
        with po_path(code).open("wb") as file:
            write_po(file, new, width=100, sort_by_file=True, include_lineno=False)


def compiled(code: str) -> bytes:
    """The .mo file of a language; strings marked fuzzy are left out.

    On pages a word of one letter is bound to the next. Translators never see that, and neither do
    messages nor what is compared with what people type.
    """
    catalogue, binds = read(code), BINDS.get(code)
    for message in catalogue if binds else ():
        if message.id and all("/templates/" in str(path) for path, _line in message.locations):
            bound = tuple(
                binds.sub("\\1\N{NO-BREAK SPACE}", text) for text in _forms(message.string)
            )
            message.string = bound if message.pluralizable else bound[0]
    output = io.BytesIO()
    write_mo(output, catalogue)
    return output.getvalue()


def compile_all() -> None:
    """Writes every .mo file."""
    for code in TRANSLATED:
        po_path(code).with_suffix(".mo").write_bytes(compiled(code))


def faults() -> Iterator[str]:
    """What is wrong with the catalogues, a sentence each."""
    template = extracted()
    wanted = {key(message) for message in template if message.id}
    for code in TRANSLATED:
        catalogue, complete = read(code), review(code).complete
        present = {key(message) for message in catalogue if message.id}
        for lost in sorted(wanted - present, key=str):
            yield f"{code}: not in the catalogue (run scripts/translations update): {lost[1]!r}"
        for stale in sorted(present - wanted, key=str):
            yield f"{code}: no longer said (run scripts/translations update): {stale[1]!r}"
        for message in catalogue:
            if message.id:
                yield from (f"{code}: {text}" for text in message_faults(message, complete))
                yield from (f"{code}: {text}" for text in said_wrongly(code, message))
        mo_path = po_path(code).with_suffix(".mo")
        if not mo_path.exists() or mo_path.read_bytes() != compiled(code):
            yield f"{code}: the .mo file is not the .po file (run scripts/translations compile)"


def message_faults(message: Message, complete: bool) -> Iterator[str]:
    """What is wrong with one translated string."""
    sources, translations = _forms(message.id), _forms(message.string)
    name = sources[0]
    if not all(translations):
        if complete or any(translations):
            yield f"not translated: {name!r}"
        return
    if complete and message.fuzzy:
        yield f"marked fuzzy, so not shown: {name!r}"
    needed = placeholders(sources[-1])
    for text in translations:
        spare = needed - placeholders(text)
        if placeholders(text) - needed or (spare and not (message.pluralizable and spare == {"n"})):
            yield f"other placeholders than {sorted(needed)}: {text!r}"
        if re.search(r"%(?!\(\w+\)[sd]|%)", text) and needed:
            yield f"a lone % in: {text!r}"


def said_wrongly(code: str, message: Message) -> Iterator[str]:
    """What the glossary finds wrong with one translated string, in each of its forms."""
    english = _forms(message.id)[-1]
    for text in _forms(message.string):
        if text:
            yield from word_faults(code, english, text)


def placeholders(text: str) -> set[str]:
    """The names filled into a string."""
    return {a or b or "{}" for a, b in PLACEHOLDER.findall(text) if a or b} | (
        {"{}"} if "{}" in text else set()
    )


def key(message: Message) -> tuple[str | None, str]:
    """What makes a string one of its own: its context and its English words."""
    return message.context, _forms(message.id)[0]


def _forms(text: str | tuple[str, ...] | list[str]) -> list[str]:
    return [text] if isinstance(text, str) else list(text)


def _catalogue(code: str | None) -> Catalog:
    return Catalog(
        locale=code, domain="messages", project="tracker", version="1", fuzzy=False,
        creation_date=SAME_DAY, revision_date=SAME_DAY, header_comment="",
        copyright_holder="the contact tracker's founders",
        msgid_bugs_address="", last_translator="", language_team="",
    )  # fmt: skip


def report() -> Iterator[str]:
    """Strings by language and group, with how far each can be trusted, as a table."""
    template = [message for message in extracted() if message.id]
    yield f"{'language':<10}{'group':<10}{'state':<10}{'strings':>8}{'missing':>9}{'in doubt':>10}"
    for code in LANGUAGES:
        catalogue = None if code == SOURCE else read(code)
        counted = {group: [0, 0, 0] for group in groups()}
        for message in template:
            figures = counted[group_of(message)]
            figures[0] += 1
            if catalogue is not None:
                own = catalogue.get(message.id, message.context)
                figures[1] += own is None or not all(_forms(own.string))
                figures[2] += own is not None and own.fuzzy
        for group, (strings, missing, doubtful) in counted.items():
            state = review(code).states[group]
            yield f"{code:<10}{group:<10}{state:<10}{strings:>8}{missing:>9}{doubtful:>10}"


def group_of(message: Message) -> str:
    """The first group whose files show this string: families first, the desk last."""
    places = [str(path) for path, _line in message.locations]
    return next(
        group
        for group, beginnings in groups().items()
        if any(place.startswith(tuple(beginnings)) for place in places)
    )


def main(arguments: list[str]) -> int:
    """Runs one command; the exit status."""
    match arguments:
        case ["extract"]:
            write_po(sys.stdout.buffer, extracted(), width=100, include_lineno=False)
        case ["update"]:
            update()
            compile_all()
        case ["compile"]:
            compile_all()
        case ["check"]:
            found = list(faults())
            for text in found[:50]:
                print(text, file=sys.stderr)
            return 1 if found else 0
        case ["report"]:
            print("\n".join(report()))
        case _:
            print("Say one of: extract, update, compile, check, report.", file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

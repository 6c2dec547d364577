"""Reading the PDFs we make."""

from __future__ import annotations

import re

import pypdfium2

UNSEEN = re.compile("[\u200e\u200f\u2066-\u2069\ufffe\x00]")


def text_of(pdf: bytes) -> str:
    """What a reader of the file finds, without marks of direction; every space is a plain one."""
    with pypdfium2.PdfDocument(pdf) as document:
        pages = [page.get_textpage().get_text_bounded() for page in document]
    return UNSEEN.sub("", " ".join(pages)).replace("\u00a0", " ")

"""Paper: sheets that are printed for a meeting, and pictures for a report.

A sheet is plain data (`sheet`), set by Typst in a process of its own (`printing`, `press`). What
stands on it is an excerpt that its door has already judged; nothing here asks the database.
"""

from tracker.web.paper.answers import pdf_answer, png_answer
from tracker.web.paper.case_sheet import case_sheet, months_of, years_of
from tracker.web.paper.digest_sheet import Section, digest_sheet
from tracker.web.paper.printing import pdf, png

__all__ = [
    "Section",
    "case_sheet",
    "digest_sheet",
    "months_of",
    "pdf",
    "pdf_answer",
    "png",
    "png_answer",
    "years_of",
]

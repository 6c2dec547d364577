"""Pictures as SVG text, made from plain data by pure functions.

No library, no clock, no gettext: dates come as dates, words come translated. Each picture carries a
title and a description for those who do not see it; those with figures come with the same figures
as a table (``Picture``). Colours are presentation attributes, so a picture also stands alone in a
PDF, and the Content-Security-Policy needs no inline style.
"""

from tracker.web.charts.bands import Bar, Week, bands_over_weeks, digest_bars
from tracker.web.charts.grid import GridWords, month_grid
from tracker.web.charts.heard import Heard
from tracker.web.charts.strip import StripWords, silence_strip, strip_sheet
from tracker.web.charts.svg import BAND_COLOURS, PAPER, Drawing, Picture, contrast

__all__ = [
    "BAND_COLOURS",
    "PAPER",
    "Bar",
    "Drawing",
    "GridWords",
    "Heard",
    "Picture",
    "StripWords",
    "Week",
    "bands_over_weeks",
    "contrast",
    "digest_bars",
    "month_grid",
    "silence_strip",
    "strip_sheet",
]

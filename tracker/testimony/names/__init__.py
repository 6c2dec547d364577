"""Personal names of Uyghurs and Kazakhs compared across scripts and spellings.

A name is read into sounds (:mod:`letters`, :mod:`pinyin`), folded by custom (:mod:`folding`), and
measured against another (:mod:`distance`, :mod:`compare`). Everything here is pure: no file, no
clock, no network. A score suggests; only a person decides that two records are one human being.
"""

from tracker.testimony.names.compare import LIKELY, SAME, Aligned, Comparison, as_json, compare
from tracker.testimony.names.index import NameIndex
from tracker.testimony.names.likeness import Likeness, Person, Reason, duplicates, possible_same

__all__ = [
    "LIKELY",
    "SAME",
    "Aligned",
    "Comparison",
    "Likeness",
    "NameIndex",
    "Person",
    "Reason",
    "as_json",
    "compare",
    "duplicates",
    "possible_same",
]

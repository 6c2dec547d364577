"""When was it? Families' words about dates, in six languages, read as intervals of days.

    words -> text.fold -> scan (language, tokens) -> labels -> durations, clusters
          -> resolve, relations, combine -> assemble.choose -> Reading

What vague words mean in days stands in `policy.py`; what words a language has, in `languages/`.
"""

from tracker.testimony.dates.reader import read_date
from tracker.testimony.dates.reading import FLAGS, Reading, as_json

__all__ = ["FLAGS", "Reading", "as_json", "read_date"]

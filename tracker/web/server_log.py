"""What the web server says in its log of requests that it could not read, or that failed: that
there was one. Neither the network address of who sent it, nor a word of it: a name that was asked
for would stand there (safety.md S1).
"""

from __future__ import annotations

import logging
from typing import Final

_SAID: Final = {
    "Invalid request from": "a request could not be read",
    "Error handling request": "a request failed",
}
"""How gunicorn begins what repeats a request, and what is said in its place."""


class SaysLittle(logging.Filter):
    """For gunicorn's own logger."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let everything through, without the words of strangers."""
        for begins, instead in _SAID.items():
            if str(record.msg).startswith(begins):
                # The exception's text repeats the request; its type is enough to look for it.
                kind = record.exc_info[0] if record.exc_info else None
                record.msg = f"{instead}: {kind.__name__}" if kind else instead
                record.args = record.exc_info = record.exc_text = None
        return True

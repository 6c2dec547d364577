"""The exceptions of the product, as one tree.

TrackerError
├── Refused              input that cannot be taken; says where and what to do
│   └── MalformedDocument  a policy or replay document, with the path of the wrong member
└── BrokenPromise        a fault of ours; never the reader's to mend
"""


class TrackerError(Exception):
    """Root of every exception this product raises on purpose."""


class Refused(TrackerError):
    """Input that cannot be accepted. The message is one sentence that says what to do."""


class MalformedDocument(Refused):
    """A policy or a replay document with a wrong member.

    `path` names the member as `cases[0].events[2].occurred`.
    """

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}" if path else reason)
        self.path = path
        self.reason = reason


class BrokenPromise(TrackerError):
    """Something the product guarantees does not hold."""

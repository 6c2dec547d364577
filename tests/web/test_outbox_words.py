"""What the outbox says became of a message."""

import pytest

from tracker.store.schema import OutboxMessage
from tracker.web.record_words import outbox_state


@pytest.mark.parametrize(
    ("state", "provider_id", "said"),
    [
        ("accepted", "file:5b0f", "written to a file only"),
        ("accepted", "SM5b0f", "taken by the provider"),
        ("accepted", None, "taken by the provider"),
        ("pending", None, "waits to be sent"),
        ("cancelled", "file:5b0f", "not needed any more"),
    ],
)
def test_no_provider_took_what_a_file_took(state: str, provider_id: str | None, said: str) -> None:
    """cli.md: nothing is quietly filed."""
    assert outbox_state(OutboxMessage(state=state, provider_id=provider_id)) == said

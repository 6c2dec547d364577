"""What is wrong with a setting."""

from tracker.domain.errors import Refused


class SettingsError(Refused):
    """A setting that cannot be used. The message names it and says what to do, never its value.

    ``name`` is the name as the environment has it, ``TRACKER_SMTP_URL``.
    """

    def __init__(self, name: str, advice: str) -> None:
        super().__init__(f"{name}: {advice}")
        self.name = name
        self.advice = advice

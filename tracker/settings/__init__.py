"""The switches: read once, from the environment and ``instance/settings.toml``."""

from tracker.settings.errors import SettingsError
from tracker.settings.model import DEMO_MARK, Imap, Kannel, Settings, Smtp, Twilio
from tracker.settings.names import NAMES, Name
from tracker.settings.reading import load
from tracker.settings.safe import Unsafe, check_safe, refuse_unsafe

__all__ = [
    "DEMO_MARK",
    "NAMES",
    "Imap",
    "Kannel",
    "Name",
    "Settings",
    "SettingsError",
    "Smtp",
    "Twilio",
    "Unsafe",
    "check_safe",
    "load",
    "refuse_unsafe",
]

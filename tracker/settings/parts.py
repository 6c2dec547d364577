"""The text of one setting made into a plain value; each function raises SettingsError."""

import re
from datetime import time
from ipaddress import ip_network
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tracker.settings.errors import SettingsError
from tracker.settings.names import variable

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
BUILT_IN_SMS_DENY = "+86"

HOST = re.compile(r"\.?[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\]")
_ADDRESS = re.compile(r"[^@\s<>\"(),:;]+@[^@\s<>\"(),:;]+")
_PUBLIC_KEY = re.compile(r"age1[02-9ac-hj-np-z]{58}", re.ASCII)


def choice(name: str, text: str | None, allowed: tuple[str, ...]) -> str | None:
    """One of ``allowed``, or None when not set."""
    if text is not None and text not in allowed:
        raise SettingsError(variable(name), f"say {' or '.join(allowed)}, or leave it out")
    return text


def bind(text: str) -> tuple[str, int]:
    """``host:port``, an IPv6 address in brackets."""
    host, _, port = text.rpartition(":")
    if not HOST.fullmatch(host) or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise SettingsError(variable("bind"), "write address and port, as 127.0.0.1:8000")
    return host.strip("[]"), int(port)


def database_url(text: str | None, folder: Path) -> str:
    """The SQLAlchemy URL; not set, the SQLite file ``tracker.db`` in the instance folder."""
    if text is None:
        return f"sqlite:///{folder / 'tracker.db'}"
    if not re.match(r"sqlite:///.|postgresql\+psycopg://.", text):
        raise SettingsError(
            variable("database_url"),
            "begin it with sqlite:/// and a file, or with postgresql+psycopg://",
        )
    return text


def language(text: str) -> str:
    """The form of a language code; whether we speak it is for i18n to say."""
    if not re.fullmatch(r"[a-z]{2,3}([-_][A-Z][a-z]{3})?", text):
        raise SettingsError(variable("language"), "write a language code, as en, ru or zh_Hans")
    return text.replace("-", "_")


def timezone(text: str) -> ZoneInfo:
    """A zone of the IANA database."""
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise SettingsError(
            variable("timezone"), "write the name of a time zone, as Asia/Almaty"
        ) from None


def public_key(name: str, text: str | None) -> str | None:
    """The public half of an age key; its secret half has no place on this machine."""
    if text is not None and not _PUBLIC_KEY.fullmatch(text):
        raise SettingsError(
            variable(name), "write the public key, age1 and 58 signs; the secret half stays offline"
        )
    return text


def schemes(name: str, text: str | None) -> tuple[str, ...]:
    """Names of services, in lower case."""
    found = tuple(item.lower() for item in items(text))
    if not all(re.fullmatch(r"[a-z][a-z0-9]{1,20}", item, re.ASCII) for item in found):
        raise SettingsError(variable(name), "write schemes without a sign after, as tgram,matrixs")
    return found


def days(name: str, text: str) -> int:
    """A number of days, 1 to 3660."""
    if not re.fullmatch(r"[1-9][0-9]{0,3}", text, re.ASCII) or int(text) > 3660:
        raise SettingsError(variable(name), "write a number of days, 1 to 3660")
    return int(text)


def minutes(name: str, text: str) -> int:
    """A number of minutes, 1 to 1440."""
    if not re.fullmatch(r"[1-9][0-9]{0,3}", text, re.ASCII) or int(text) > 1440:
        raise SettingsError(variable(name), "write a number of minutes, 1 to 1440")
    return int(text)


def count(name: str, text: str | None) -> int | None:
    """A number, 1 to 10000; None when not set."""
    if text is not None and (
        not re.fullmatch(r"[1-9]\d{0,4}", text, re.ASCII) or int(text) > 10000
    ):
        raise SettingsError(variable(name), "write a number, 1 to 10000")
    return None if text is None else int(text)


def weekday(text: str) -> int:
    """ISO number of an English weekday, Monday 1."""
    if text.lower() not in WEEKDAYS:
        raise SettingsError(variable("digest_weekday"), f"say one of {', '.join(WEEKDAYS)}")
    return WEEKDAYS.index(text.lower()) + 1


def local_time(name: str, text: str) -> time:
    """``HH:MM``."""
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text, re.ASCII):
        raise SettingsError(variable(name), "write hours and minutes, as 08:00")
    return time.fromisoformat(text)


def sms_deny(text: str | None) -> tuple[str, ...]:
    """Prefixes of countries; +86 is always the first (S5)."""
    return tuple(dict.fromkeys((BUILT_IN_SMS_DENY, *prefixes("sms_deny", text))))


def prefixes(name: str, text: str | None) -> tuple[str, ...]:
    """Prefixes of telephone numbers; where it makes sense, ``+`` alone is all of them."""
    found = items(text)
    longest = r"\+([1-9]\d{0,6})?" if name == "sms_replies" else r"\+[1-9]\d{0,6}"
    if not all(re.fullmatch(longest, prefix, re.ASCII) for prefix in found):
        raise SettingsError(variable(name), "write prefixes with a plus, as +86,+850")
    return found


def hosts(name: str, text: str | None) -> tuple[str, ...]:
    """Host names; one that begins with a dot stands for all below it."""
    found = items(text)
    if not all(HOST.fullmatch(host) for host in found):
        raise SettingsError(variable(name), "write host names alone, separated by commas")
    return found


def networks(name: str, text: str | None) -> tuple[str, ...]:
    """Addresses and networks, each in its shortest form with its length."""
    try:
        return tuple(str(ip_network(item)) for item in items(text))
    except ValueError:
        raise SettingsError(
            variable(name), "write addresses or networks, as 172.17.0.1 or 10.0.0.0/24"
        ) from None


def mail_address(name: str, text: str | None) -> str | None:
    """A bare address."""
    if text is not None and not _ADDRESS.fullmatch(text):
        raise SettingsError(variable(name), "write one mail address, without a name around it")
    return text


def return_path(text: str | None) -> str | None:
    """A mail address with a `*`, for which a token of 50 signs is put; RFC 5321 allows 64."""
    if text is None:
        return None
    local, _, _ = text.partition("@")
    if not _ADDRESS.fullmatch(text) or local.count("*") != 1 or len(local) > 15:
        raise SettingsError(
            variable("mail_return_path"),
            "write it as bounces+*@example.org, 14 signs at most beside the *",
        )
    return text


def items(text: str | None) -> tuple[str, ...]:
    """What stands between commas."""
    return tuple(item.strip() for item in (text or "").split(",") if item.strip())

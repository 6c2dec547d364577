"""The text of one setting made into a value; each function raises SettingsError."""

import re
from collections.abc import Mapping
from datetime import time
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tracker.settings.errors import SettingsError
from tracker.settings.model import Imap, Kannel, Smtp, Tls, Twilio, is_loopback
from tracker.settings.names import variable

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
BUILT_IN_SMS_DENY = "+86"

_HOST = re.compile(r"\.?[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\]")
_ADDRESS = re.compile(r"[^@\s<>\"(),:;]+@[^@\s<>\"(),:;]+")
_PUBLIC_KEY = re.compile(r"age1[02-9ac-hj-np-z]{58}", re.ASCII)
_SENDER = re.compile(r"\+[1-9]\d{6,14}|\d{3,8}|(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}", re.ASCII)


def choice(name: str, text: str | None, allowed: tuple[str, ...]) -> str | None:
    """One of ``allowed``, or None when not set."""
    if text is not None and text not in allowed:
        raise SettingsError(variable(name), f"say {' or '.join(allowed)}, or leave it out")
    return text


def bind(text: str) -> tuple[str, int]:
    """``host:port``, an IPv6 address in brackets."""
    host, _, port = text.rpartition(":")
    if not _HOST.fullmatch(host) or not port.isascii() or not port.isdigit() or int(port) > 65535:
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
    found = tuple(item.lower() for item in _items(text))
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
    found = _items(text)
    longest = r"\+([1-9]\d{0,6})?" if name == "sms_replies" else r"\+[1-9]\d{0,6}"
    if not all(re.fullmatch(longest, prefix, re.ASCII) for prefix in found):
        raise SettingsError(variable(name), "write prefixes with a plus, as +86,+850")
    return found


def hosts(name: str, text: str | None) -> tuple[str, ...]:
    """Host names; one that begins with a dot stands for all below it."""
    found = _items(text)
    if not all(_HOST.fullmatch(host) for host in found):
        raise SettingsError(variable(name), "write host names alone, separated by commas")
    return found


def mail_address(name: str, text: str | None) -> str | None:
    """A bare address."""
    if text is not None and not _ADDRESS.fullmatch(text):
        raise SettingsError(variable(name), "write one mail address, without a name around it")
    return text


def web_address(name: str, text: str | None) -> str | None:
    """An http or https address with any path."""
    if text is None:
        return None
    _split(name, text, {"http": 80, "https": 443}, "https://example.org/path")
    return text


def site_address(name: str, text: str | None) -> str | None:
    """Scheme, host and port only, without a slash at the end."""
    if text is None:
        return None
    example = "https://tracker.example.org"
    url = _split(name, text, {"http": 80, "https": 443}, example)
    if url.path.strip("/") or url.query or url.fragment or "@" in url.netloc:
        raise SettingsError(variable(name), f"write scheme and host only, as {example}")
    return f"{url.scheme}://{url.netloc}"


def smtp(text: str | None) -> Smtp | None:
    """Not told otherwise, a server on another machine is spoken to by STARTTLS."""
    if text is None:
        return None
    name, example = "smtp_url", "smtp://user:password@mail.example.org:587?tls=starttls"
    url = _split(name, text, {"smtp": 0, "smtps": 465}, example)
    tls = _tls(name, url, "smtps")
    port = url.port or {"implicit": 465, "starttls": 587, "none": 25}[tls]
    return Smtp(url.hostname or "", port, tls, _part(url.username), _part(url.password))


def imap(text: str | None) -> Imap | None:
    """The folder is the path, INBOX when there is none."""
    if text is None:
        return None
    name, example = "imap_url", "imaps://user:password@mail.example.org/INBOX"
    url = _split(name, text, {"imap": 143, "imaps": 993}, example)
    tls = _tls(name, url, "imaps")
    folder = unquote(url.path.strip("/")) or "INBOX"
    port = url.port or (993 if tls == "implicit" else 143)
    return Imap(url.hostname or "", port, tls, folder, _part(url.username), _part(url.password))


def twilio(given: Mapping[str, str]) -> Twilio | None:
    """None when nothing of Twilio is set; half an account is refused."""
    mine = {key: text for key, text in given.items() if key.startswith("twilio_")}
    if not mine:
        return None
    for name, pattern, advice in (
        ("twilio_account_sid", r"AC[0-9a-fA-F]{32}", "AC and 32 hexadecimal digits"),
        ("twilio_api_key_sid", r"SK[0-9a-fA-F]{32}", "SK and 32 hexadecimal digits"),
        ("twilio_messaging_service_sid", r"MG[0-9a-fA-F]{32}", "MG and 32 hexadecimal digits"),
        ("twilio_voice_from", r"\+[1-9]\d{6,14}", "a number as +15005550006"),
        ("twilio_from", _SENDER.pattern, "a number as +15005550006, or a short sender name"),
    ):
        if name in mine and not re.fullmatch(pattern, mine[name], re.ASCII):
            raise SettingsError(variable(name), f"write {advice}")
    if "twilio_account_sid" not in mine:
        raise SettingsError(variable("twilio_account_sid"), "Twilio needs the account; set it")
    if ("twilio_api_key_sid" in mine) != ("twilio_api_key_secret" in mine):
        missing = {"twilio_api_key_sid", "twilio_api_key_secret"} - mine.keys()
        raise SettingsError(variable(missing.pop()), "the API key has two halves; set this one too")
    if not {"twilio_auth_token", "twilio_api_key_secret"} & mine.keys():
        raise SettingsError(variable("twilio_auth_token"), "Twilio needs the auth token; set it")
    if ("twilio_from" in mine) == ("twilio_messaging_service_sid" in mine):
        raise SettingsError(
            variable("twilio_from"),
            f"set either this or {variable('twilio_messaging_service_sid')}, one of the two",
        )
    return Twilio(
        account_sid=mine["twilio_account_sid"],
        auth_token=mine.get("twilio_auth_token", ""),
        secondary_auth_token=mine.get("twilio_secondary_auth_token"),
        api_key_sid=mine.get("twilio_api_key_sid"),
        api_key_secret=mine.get("twilio_api_key_secret"),
        sender=mine.get("twilio_from"),
        messaging_service_sid=mine.get("twilio_messaging_service_sid"),
        api_url=web_address("twilio_api_url", mine.get("twilio_api_url")),
        caller=mine.get("twilio_voice_from"),
    )


def kannel(given: Mapping[str, str]) -> Kannel | None:
    """None when no gateway is set; one without sender or secret is refused."""
    url = web_address("kannel_url", given.get("kannel_url"))
    if url is None:
        return None
    parts = urlsplit(url)
    user, password = _part(parts.username), _part(parts.password)
    if not user or not password:
        raise SettingsError(
            variable("kannel_url"),
            "write it with Kannel's user, as http://user:password@127.0.0.1:13013/cgi-bin/sendsms",
        )
    sender, secret = given.get("kannel_from", ""), given.get("kannel_secret", "")
    if not _SENDER.fullmatch(sender):
        raise SettingsError(variable("kannel_from"), "write the sending number or a short name")
    if not re.fullmatch(r"[A-Za-z0-9_-]+", secret, re.ASCII):
        raise SettingsError(variable("kannel_secret"), "write letters and digits, 16 at least")
    peers = _items(given.get("kannel_peers") or "127.0.0.1,::1")
    try:
        peers = tuple(str(ip_address(peer)) for peer in peers)
    except ValueError:
        raise SettingsError(variable("kannel_peers"), "write addresses, as 10.0.0.7") from None
    host = parts.netloc.rpartition("@")[2]
    address = parts._replace(netloc=host).geturl()
    return Kannel(address, user, password, sender, secret, peers)


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


def _items(text: str | None) -> tuple[str, ...]:
    return tuple(item.strip() for item in (text or "").split(",") if item.strip())


def _part(text: str | None) -> str | None:
    return unquote(text) if text is not None else None


def _split(name: str, text: str, schemes: Mapping[str, int], example: str) -> SplitResult:
    """The parts of a URL with one of ``schemes`` and a host; the advice never repeats the text."""
    try:
        url = urlsplit(text)
        fits = url.scheme in schemes and bool(_HOST.fullmatch(_bracketed(url.hostname or "")))
        fits = fits and (url.port is None or url.port > 0)
    except ValueError:
        fits = False
    if not fits or any(sign.isspace() or not sign.isprintable() for sign in text):
        raise SettingsError(
            variable(name), f"write it as {example}; signs like @ : / in a password as %40 %3A %2F"
        )
    return url


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _tls(name: str, url: SplitResult, implicit_scheme: str) -> Tls:
    asked = dict(parse_qsl(url.query, keep_blank_values=True))
    if set(asked) - {"tls"}:
        raise SettingsError(variable(name), "only ?tls=… can stand after the question mark")
    if url.scheme == implicit_scheme:
        default: Tls = "implicit"
    else:
        default = "none" if is_loopback(url.hostname or "") else "starttls"
    match asked.get("tls", default):
        case "implicit":
            return "implicit"
        case "starttls" if url.scheme != implicit_scheme:
            return "starttls"
        case "none" if url.scheme != implicit_scheme:
            return "none"
        case _:
            raise SettingsError(variable(name), "tls is starttls, implicit or none")

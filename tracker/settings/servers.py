"""Mail servers, mailboxes, Twilio and Kannel out of their settings; each raises SettingsError."""

import re
from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from tracker.settings.addresses import split, web_address
from tracker.settings.errors import SettingsError
from tracker.settings.model import Imap, Kannel, Smtp, Tls, Twilio, is_loopback
from tracker.settings.names import variable
from tracker.settings.parts import items

_SENDER = re.compile(r"\+[1-9]\d{6,14}|\d{3,8}|(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}", re.ASCII)


def smtp(text: str | None) -> Smtp | None:
    """Not told otherwise, a server on another machine is spoken to by STARTTLS."""
    if text is None:
        return None
    name, example = "smtp_url", "smtp://user:password@mail.example.org:587?tls=starttls"
    url = split(name, text, {"smtp": 0, "smtps": 465}, example)
    tls = _tls(name, url, "smtps")
    port = url.port or {"implicit": 465, "starttls": 587, "none": 25}[tls]
    return Smtp(url.hostname or "", port, tls, _part(url.username), _part(url.password))


def imap(text: str | None) -> Imap | None:
    """The folder is the path, INBOX when there is none."""
    if text is None:
        return None
    name, example = "imap_url", "imaps://user:password@mail.example.org/INBOX"
    url = split(name, text, {"imap": 143, "imaps": 993}, example)
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
    peers = items(given.get("kannel_peers") or "127.0.0.1,::1")
    try:
        peers = tuple(str(ip_address(peer)) for peer in peers)
    except ValueError:
        raise SettingsError(variable("kannel_peers"), "write addresses, as 10.0.0.7") from None
    host = parts.netloc.rpartition("@")[2]
    address = parts._replace(netloc=host).geturl()
    return Kannel(address, user, password, sender, secret, peers)


def _part(text: str | None) -> str | None:
    return unquote(text) if text is not None else None


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

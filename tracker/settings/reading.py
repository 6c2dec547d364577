"""From the environment and ``settings.toml`` to ``Settings``, or one clear sentence."""

import tomllib
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from pathlib import Path

from tracker.settings import addresses, parts, servers
from tracker.settings.errors import SettingsError
from tracker.settings.model import DEMO_MARK, FILE, Settings
from tracker.settings.names import BY_NAME, NAMES, variable

_TESTS = "TRACKER_TEST_"
_FILES = {"keys", "clock_file"}
_TRUE = ("1", "true", "yes", "on")


def load(environ: Mapping[str, str], instance: Path | None = None) -> Settings:
    """The settings of the instance folder ``instance`` (default: what ``TRACKER_INSTANCE`` says).

    The environment wins over the file; an empty variable counts as not set. Neither the folder nor
    the file has to exist. Raises SettingsError.
    """
    outside = _from_environment(environ)
    folder = (instance or Path(outside.get("instance") or "instance")).absolute()
    given = {**_from_file(folder / FILE), **outside}
    get = given.get
    demo = (folder / DEMO_MARK).is_file()
    host, port = parts.bind(get("bind") or "127.0.0.1:8000")
    settings = Settings(
        instance=folder,
        database_url=parts.database_url(get("database_url"), folder),
        bind_host=host,
        bind_port=port,
        keys=_path(get("keys"), folder) or folder / "keys.json",
        language=parts.language(get("language") or "en"),
        timezone=parts.timezone(get("timezone") or "UTC"),
        digest_weekday=parts.weekday(get("digest_weekday") or "monday"),
        ladder_minutes=parts.minutes("ladder_minutes", get("ladder_minutes") or "10"),
        merge_above=parts.count("merge_above", get("merge_above")) or 5,
        sms_per_second=parts.count("sms_per_second", get("sms_per_second")),
        mails_per_second=parts.count("mails_per_second", get("mails_per_second")),
        digest_at=parts.local_time("digest_at", get("digest_at") or "08:00"),
        review_open_days=parts.days("review_open_days", get("review_open_days") or "365"),
        keep_closed_days=parts.days("keep_closed_days", get("keep_closed_days") or "730"),
        quick_exit_url=addresses.web_address("quick_exit_url", get("quick_exit_url"))
        or "https://www.wikipedia.org/",
        sms_deny=parts.sms_deny(get("sms_deny")),
        sms_replies=parts.prefixes("sms_replies", get("sms_replies")),
        public_url=addresses.site_address("public_url", get("public_url")),
        trusted_hosts=parts.hosts("trusted_hosts", get("trusted_hosts")),
        trusted_proxies=parts.networks("trusted_proxies", get("trusted_proxies")),
        backup_key=parts.public_key("backup_key", get("backup_key")),
        backup_days=parts.days("backup_days", get("backup_days") or "30"),
        organisation=get("organisation"),
        file_delivery=parts.choice("delivery", get("delivery"), ("file",)) == "file",
        smtp=servers.smtp(get("smtp_url")),
        mail_from=parts.mail_address("mail_from", get("mail_from")),
        mail_return_path=parts.return_path(get("mail_return_path")),
        imap=servers.imap(get("imap_url")),
        twilio=servers.twilio(given),
        kannel=servers.kannel(given),
        webhook_private=_true(get("webhook_private")),
        services=parts.schemes("services", get("services")),
        heartbeat_url=addresses.web_address("heartbeat_url", get("heartbeat_url")),
        clock_file=_path(get("clock_file"), folder),
        debug=_true(get("debug")) or _true(environ.get("FLASK_DEBUG")),
        demo=demo,
    )
    if settings.clock_file and not demo:
        raise SettingsError(
            variable("clock_file"),
            "the clock can only be moved in a demo (scripts/run --demo); remove this setting",
        )
    if settings.smtp and not settings.mail_from:
        raise SettingsError(
            variable("mail_from"), f"mails need a sender: set it beside {variable('smtp_url')}"
        )
    return settings


def _true(text: str | None) -> bool:
    return (text or "").strip().lower() in _TRUE


def _path(text: str | None, folder: Path) -> Path | None:
    """A file named in a setting; settings.toml names it from the folder it lies in itself."""
    return folder / Path(text).expanduser() if text else None


def _from_environment(environ: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for key, text in environ.items():
        if not key.startswith("TRACKER_") or key.startswith(_TESTS):
            continue
        name = key.removeprefix("TRACKER_").lower()
        if key != key.upper() or name not in BY_NAME:
            raise SettingsError(key, _unknown(name, [entry.name for entry in NAMES], variable))
        if text.strip():
            found[name] = text.strip()
    for name in _FILES & found.keys():
        found[name] = str(Path(found[name]).expanduser().absolute())
    return found


def _from_file(path: Path) -> dict[str, str]:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise SettingsError(
            str(path), f"it cannot be read ({error.strerror}); let the tracker's own user read it"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(str(path), f"it is not TOML; mend it: {error}") from None
    allowed = [entry.name for entry in NAMES if entry.in_file]
    found = {}
    for name, value in content.items():
        if name not in allowed:
            raise SettingsError(f"{path}: {name}", _unknown(name, allowed, str))
        text = _plain(value)
        if text is None:
            raise SettingsError(
                f"{path}: {name}", 'write it as text in quotes, or as a list of such: ["a", "b"]'
            )
        if text.strip():
            found[name] = text.strip()
    return found


def _plain(value: object) -> str | None:
    match value:
        case bool():
            return "1" if value else "0"
        case str() | int():
            return str(value)
        case list() if all(isinstance(item, str) for item in value):
            return ",".join(value)
        case _:
            return None


def _unknown(name: str, known: list[str], write: Callable[[str], str]) -> str:
    nearest = get_close_matches(name, known, n=1, cutoff=0.5)
    if nearest:
        return f"there is no such setting; did you mean {write(nearest[0])}?"
    return "there is no such setting; see the table “Settings” in the README"

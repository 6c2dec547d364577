"""Settings: read, refused with a clear sentence, safe to start (safety.md S17), silent in repr."""

import itertools
from dataclasses import replace
from datetime import time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.settings import DEMO_MARK, NAMES, Settings, SettingsError, check_safe, load

TWILIO = {
    "TRACKER_TWILIO_ACCOUNT_SID": "AC" + "0a" * 16,
    "TRACKER_TWILIO_AUTH_TOKEN": "7d3f" * 8,
    "TRACKER_TWILIO_FROM": "+15005550006",
}
MAIL = {
    "TRACKER_SMTP_URL": "smtp://bo%40example.org:p%3Ass-w%40rd-77@mail.example.org",
    "TRACKER_MAIL_FROM": "tracker@example.org",
}
PUBLIC = {
    "TRACKER_BIND": "0.0.0.0:8000",
    "TRACKER_TRUSTED_PROXIES": "172.17.0.1",
    "TRACKER_PUBLIC_URL": "https://tracker.example.org/",
    "TRACKER_TRUSTED_HOSTS": "tracker.example.org, .example.net",
}


def test_nothing_set_starts_on_loopback_with_sqlite(instance: Path) -> None:
    settings = load({}, instance)
    assert settings.database_url == f"sqlite:///{instance}/tracker.db"
    assert (settings.bind_host, settings.bind_port) == ("127.0.0.1", 8000)
    assert settings.base_url == "http://127.0.0.1:8000"
    assert (settings.digest_weekday, settings.digest_at) == (1, time(8))
    assert settings.sms_deny == ("+86",)
    assert not settings.file_delivery
    assert not settings.exposed
    assert check_safe(settings) == []


def test_the_environment_wins_over_the_file_and_an_empty_variable_is_not_set(
    instance: Path,
) -> None:
    (instance / "settings.toml").write_text(
        'organisation = "Ours"\nlanguage = "ru"\ntimezone = "Asia/Almaty"\n'
        'trusted_hosts = ["a.example", "b.example"]\ndebug = true\nkeys = "ring.json"\n'
    )
    settings = load({"TRACKER_LANGUAGE": "ug", "TRACKER_ORGANISATION": ""}, instance)
    assert settings.language == "ug"
    assert settings.organisation == "Ours"
    assert settings.timezone == ZoneInfo("Asia/Almaty")
    assert settings.trusted_hosts == ("a.example", "b.example")
    assert settings.debug
    assert settings.keys == instance / "ring.json"


def test_the_instance_folder_is_named_by_the_environment(instance: Path) -> None:
    (instance / "settings.toml").write_text('organisation = "Ours"')
    assert load({"TRACKER_INSTANCE": str(instance)}).organisation == "Ours"


def test_a_mail_server_is_read_in_parts(instance: Path) -> None:
    smtp = load(MAIL, instance).smtp
    assert smtp
    assert (smtp.host, smtp.port, smtp.tls) == ("mail.example.org", 587, "starttls")
    assert (smtp.user, smtp.password) == ("bo@example.org", "p:ss-w@rd-77")


@pytest.mark.parametrize(
    ("url", "host", "port", "tls"),
    [
        ("smtps://mail.example.org", "mail.example.org", 465, "implicit"),
        ("smtp://mail.example.org:2525?tls=none", "mail.example.org", 2525, "none"),
        ("smtp://mail.example.org?tls=implicit", "mail.example.org", 465, "implicit"),
        ("smtp://127.0.0.1", "127.0.0.1", 25, "none"),
        ("smtp://[::1]:1025", "::1", 1025, "none"),
        ("smtp://127.0.0.1:1025?tls=starttls", "127.0.0.1", 1025, "starttls"),
    ],
)
def test_forms_of_a_mail_server(url: str, host: str, port: int, tls: str, instance: Path) -> None:
    smtp = load({**MAIL, "TRACKER_SMTP_URL": url}, instance).smtp
    assert smtp
    assert (smtp.host, smtp.port, smtp.tls) == (host, port, tls)


def test_a_mailbox_is_read_in_parts(instance: Path) -> None:
    imap = load({"TRACKER_IMAP_URL": "imaps://u:secret-word-1@mail.example.org/Bounces"}, instance)
    assert imap.imap
    assert (imap.imap.port, imap.imap.tls, imap.imap.folder) == (993, "implicit", "Bounces")


def test_both_twilio_tokens_prove_a_callback_and_an_empty_one_never_does(instance: Path) -> None:
    """safety.md S14."""
    both = load({**TWILIO, "TRACKER_TWILIO_SECONDARY_AUTH_TOKEN": "9b" * 16}, instance).twilio
    assert both
    assert both.callback_tokens == ("7d3f" * 8, "9b" * 16)
    assert replace(both, auth_token="", secondary_auth_token=None).callback_tokens == ()


BAD = [
    ({"TRACKER_SMTP_URI": "x"}, "did you mean TRACKER_SMTP_URL"),
    ({"TRACKER_TWILIO_TOKEN": "x"}, "did you mean TRACKER_TWILIO_AUTH_TOKEN"),
    ({"TRACKER_XYZZYPLUGH": "x"}, "README"),
    ({"TRACKER_smtp_url": "smtp://mail.example.org"}, "did you mean TRACKER_SMTP_URL"),
    ({"TRACKER_BIND": "8000"}, "127.0.0.1:8000"),
    ({"TRACKER_TRUSTED_PROXIES": "proxy.example.org"}, "10.0.0.0/24"),
    ({"TRACKER_BIND": "127.0.0.1:99999"}, "127.0.0.1:8000"),
    ({"TRACKER_DATABASE_URL": "postgresql://x/y"}, "postgresql+psycopg://"),
    ({"TRACKER_DATABASE_URL": "mysql://x/y"}, "sqlite:///"),
    ({"TRACKER_PUBLIC_URL": "tracker.example.org"}, "https://"),
    ({"TRACKER_PUBLIC_URL": "https://tracker.example.org/app"}, "scheme and host only"),
    ({"TRACKER_PUBLIC_URL": "https://user@tracker.example.org"}, "scheme and host only"),
    ({"TRACKER_PUBLIC_URL": "https://a b.example"}, "https://"),
    ({"TRACKER_TRUSTED_HOSTS": "https://tracker.example.org"}, "host names alone"),
    ({"TRACKER_SMTP_URL": "mail.example.org:587"}, "smtp://"),
    ({"TRACKER_SMTP_URL": "smtp://mail.example.org:port"}, "smtp://"),
    ({**MAIL, "TRACKER_SMTP_URL": "smtp://mail.example.org?tls=maybe"}, "starttls, implicit"),
    ({**MAIL, "TRACKER_SMTP_URL": "smtps://mail.example.org?tls=none"}, "starttls, implicit"),
    ({**MAIL, "TRACKER_SMTP_URL": "smtp://mail.example.org?tsl=none"}, "?tls="),
    ({"TRACKER_SMTP_URL": "smtp://mail.example.org"}, "need a sender"),
    ({**MAIL, "TRACKER_MAIL_FROM": "Us <us@example.org>"}, "one mail address"),
    ({**MAIL, "TRACKER_MAIL_FROM": "us@example.org\r\nBcc: x@example.org"}, "one mail address"),
    ({**TWILIO, "TRACKER_TWILIO_ACCOUNT_SID": "AC1"}, "32 hexadecimal digits"),
    ({**TWILIO, "TRACKER_TWILIO_AUTH_TOKEN": ""}, "needs the auth token"),
    ({**TWILIO, "TRACKER_TWILIO_FROM": ""}, "one of the two"),
    ({**TWILIO, "TRACKER_TWILIO_MESSAGING_SERVICE_SID": "MG" + "0" * 32}, "one of the two"),
    ({**TWILIO, "TRACKER_TWILIO_API_KEY_SID": "SK" + "0" * 32}, "two halves"),
    ({**TWILIO, "TRACKER_TWILIO_FROM": "a name much too long"}, "sender name"),
    ({"TRACKER_TWILIO_AUTH_TOKEN": "7d3f" * 8}, "needs the account"),
    ({"TRACKER_DELIVERY": "files"}, "say file"),
    ({"TRACKER_LANGUAGE": "English!"}, "zh_Hans"),
    ({"TRACKER_TIMEZONE": "Mars/Olympus"}, "Asia/Almaty"),
    ({"TRACKER_TIMEZONE": "/etc/passwd"}, "Asia/Almaty"),
    ({"TRACKER_DIGEST_WEEKDAY": "Mon"}, "monday"),
    ({"TRACKER_DIGEST_AT": "25:00"}, "08:00"),
    ({"TRACKER_SMS_DENY": "86"}, "with a plus"),
    ({"TRACKER_CLOCK_FILE": "clock.txt"}, "only be moved in a demo"),
    ({"TRACKER_HEARTBEAT_URL": "ping.example.org"}, "https://"),
]


@pytest.mark.parametrize(("environ", "advice"), BAD)
def test_what_cannot_be_used_is_refused_by_name_with_advice(
    environ: dict[str, str], advice: str, instance: Path
) -> None:
    with pytest.raises(SettingsError) as refused:
        load(environ, instance)
    assert advice in str(refused.value)
    assert str(refused.value).startswith("TRACKER_")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("content", "advice"),
    [
        ('smtp_uri = "x"', "did you mean smtp_url"),
        ('instance = "elsewhere"', "no such setting"),
        ('TRACKER_DEBUG = "1"', "no such setting"),
        ("keys = {a = 1}", "text in quotes"),
        ("keys = ", "not TOML"),
        ("keys = '\xff'", "not TOML"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(content: str, advice: str, instance: Path) -> None:
    (instance / "settings.toml").write_bytes(content.encode("latin-1"))
    with pytest.raises(SettingsError, match=advice) as refused:
        load({}, instance)
    assert "settings.toml" in str(refused.value)


def test_the_clock_moves_in_a_demo_only(instance: Path) -> None:
    """safety.md S17."""
    (instance / DEMO_MARK).touch()
    demo = load({"TRACKER_CLOCK_FILE": str(instance / "clock")}, instance)
    assert demo.demo
    assert demo.clock_file == instance / "clock"
    assert check_safe(demo) == []
    assert len(check_safe(replace(demo, demo=False))) == 1


KANNEL = {
    "TRACKER_KANNEL_URL": "http://u:kannel-pass@127.0.0.1:13013/cgi-bin/sendsms",
    "TRACKER_KANNEL_FROM": "+77010000000",
    "TRACKER_KANNEL_SECRET": "5e" * 9,
}


def public(instance: Path, **more: str) -> Settings:
    return load({**PUBLIC, **MAIL, **TWILIO, **more}, instance)


def test_a_careful_public_instance_may_start(instance: Path) -> None:
    assert public(instance).exposed
    assert check_safe(public(instance)) == []
    assert public(instance).base_url == "https://tracker.example.org"


UNSAFE = [
    ({"TRACKER_PUBLIC_URL": ""}, "TRACKER_PUBLIC_URL"),
    ({"TRACKER_PUBLIC_URL": "http://tracker.example.org"}, "TRACKER_PUBLIC_URL"),
    ({"TRACKER_TRUSTED_HOSTS": ""}, "TRACKER_TRUSTED_HOSTS"),
    ({"TRACKER_TRUSTED_PROXIES": ""}, "TRACKER_TRUSTED_PROXIES"),
    ({"TRACKER_DEBUG": "1"}, "TRACKER_DEBUG"),
    ({"FLASK_DEBUG": "1"}, "TRACKER_DEBUG"),
    ({"TRACKER_TWILIO_AUTH_TOKEN": "short"}, "TRACKER_TWILIO_AUTH_TOKEN"),
    ({"TRACKER_TWILIO_AUTH_TOKEN": "changeme123456789"}, "TRACKER_TWILIO_AUTH_TOKEN"),
    ({"TRACKER_TWILIO_AUTH_TOKEN": "token"}, "TRACKER_TWILIO_AUTH_TOKEN"),
    (
        {
            "TRACKER_TWILIO_AUTH_TOKEN": "",
            "TRACKER_TWILIO_API_KEY_SID": "SK" + "0" * 32,
            "TRACKER_TWILIO_API_KEY_SECRET": "c4" * 16,
        },
        "TRACKER_TWILIO_AUTH_TOKEN",
    ),
    ({"TRACKER_SMTP_URL": "smtp://u:password1@mail.example.org"}, "TRACKER_SMTP_URL"),
    ({"TRACKER_SMTP_URL": "smtp://u:long-enough@mail.example.org?tls=none"}, "TRACKER_SMTP_URL"),
    ({"TRACKER_IMAP_URL": "imap://u:long-enough@mail.example.org?tls=none"}, "TRACKER_IMAP_URL"),
    ({"TRACKER_DATABASE_URL": "postgresql+psycopg://u:secret@db/x"}, "TRACKER_DATABASE_URL"),
    (KANNEL | {"TRACKER_KANNEL_URL": "http://u:abc@127.0.0.1:13013/"}, "TRACKER_KANNEL_URL"),
    (KANNEL | {"TRACKER_KANNEL_SECRET": "too-short"}, "TRACKER_KANNEL_SECRET"),
    (KANNEL | {"TRACKER_KANNEL_SECRET": "password12345678"}, "TRACKER_KANNEL_SECRET"),
    (
        KANNEL | {"TRACKER_KANNEL_URL": "http://u:kannel-pass@sms.example.org/"},
        "TRACKER_KANNEL_URL",
    ),
    ({"TRACKER_TWILIO_SECONDARY_AUTH_TOKEN": "changeme"}, "TRACKER_TWILIO_SECONDARY_AUTH_TOKEN"),
    ({"TRACKER_TWILIO_API_URL": "http://proxy.example.org"}, "TRACKER_TWILIO_API_URL"),
    (
        {
            "TRACKER_TWILIO_API_KEY_SID": "SK" + "0" * 32,
            "TRACKER_TWILIO_API_KEY_SECRET": "letmein",
        },
        "TRACKER_TWILIO_API_KEY_SECRET",
    ),
    ({"TRACKER_IMAP_URL": "imaps://u:secret@mail.example.org"}, "TRACKER_IMAP_URL"),
]
"""Every way we know in which an instance that others can reach is unsafe, and who is named."""


@pytest.mark.parametrize(("more", "name"), UNSAFE)
def test_an_unsafe_public_instance_may_not_start(
    more: dict[str, str], name: str, instance: Path
) -> None:
    """safety.md S17; the same on a loopback address starts."""
    breaches = check_safe(public(instance, **more))
    assert len(breaches) == 1
    assert breaches[0].startswith(name)
    assert check_safe(load({**MAIL, **TWILIO, **more, "TRACKER_PUBLIC_URL": ""}, instance)) == []


def test_settings_that_everybody_on_the_machine_can_read_may_not_be_used(instance: Path) -> None:
    """safety.md S17: the file holds passwords and tokens."""
    file = instance / "settings.toml"
    file.write_text('organisation = "Ours"')
    file.chmod(0o644)
    (breach,) = check_safe(public(instance))
    assert breach.startswith("settings.toml")
    file.chmod(0o640)
    assert check_safe(public(instance)) == []


@pytest.mark.parametrize(
    ("bind", "url", "exposed"),
    [
        ("127.0.0.1:80", "", False),
        ("[::1]:80", "", False),
        ("localhost:80", "http://demo.localhost:80", False),
        ("0.0.0.0:80", "", True),
        ("[::]:80", "", True),
        ("192.168.1.4:80", "", True),
        ("127.0.0.1:80", "https://tracker.example.org", True),
    ],
)
def test_whom_the_site_is_bound_for(bind: str, url: str, exposed: bool, instance: Path) -> None:
    settings = load({"TRACKER_BIND": bind, "TRACKER_PUBLIC_URL": url}, instance)
    assert settings.exposed == exposed


SECRETS = ("p:ss-w@rd-77", "7d3f" * 8, "c4" * 16, "kannel-pass", "5e" * 9, "hb-1234", "db-pass-1")


def test_no_secret_is_in_a_repr(instance: Path) -> None:
    settings = public(
        instance,
        TRACKER_TWILIO_API_KEY_SID="SK" + "0" * 32,
        TRACKER_TWILIO_API_KEY_SECRET="c4" * 16,
        **KANNEL,
        TRACKER_HEARTBEAT_URL="https://ping.example.org/hb-1234",
        TRACKER_DATABASE_URL="postgresql+psycopg://u:db-pass-1@db/x",
    )
    shown = repr(settings) + str(check_safe(settings))
    assert not [secret for secret in SECRETS if secret in shown]


@given(
    name=st.sampled_from([entry.variable for entry in NAMES if entry.name != "instance"]),
    value=st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=60),
)
def test_whatever_is_written_is_read_or_refused_in_one_sentence(name: str, value: str) -> None:
    sentence = ""
    try:
        load({name: value}, Path("nowhere"))
    except SettingsError as refused:
        sentence = str(refused)
    assert "\n" not in sentence
    assert len(value.strip()) < 9 or value.strip() not in sentence


def test_every_setting_has_one_name_and_a_meaning() -> None:
    for one, other in itertools.combinations(NAMES, 2):
        assert one.name != other.name
    assert all(entry.meaning for entry in NAMES)


def test_a_kannel_gateway_is_whole_or_refused(instance: Path) -> None:
    """Its address, the sender, and the secret part of the addresses it calls (S14)."""
    found = load(KANNEL | {"TRACKER_KANNEL_PEERS": "10.0.0.7, ::1"}, instance).kannel
    assert found is not None
    assert (found.url, found.user) == ("http://127.0.0.1:13013/cgi-bin/sendsms", "u")
    assert (found.password, found.peers) == ("kannel-pass", ("10.0.0.7", "::1"))
    for name in KANNEL:
        if name != "TRACKER_KANNEL_URL":
            with pytest.raises(SettingsError, match=name):
                load({key: KANNEL[key] for key in KANNEL if key != name}, instance)
    with pytest.raises(SettingsError, match="TRACKER_KANNEL_PEERS"):
        load(KANNEL | {"TRACKER_KANNEL_PEERS": "everybody"}, instance)


@pytest.mark.parametrize("text", ["bounces@example.org", "a-very-long-name+*@example.org", "*"])
def test_a_return_path_has_room_for_a_token(instance: Path, text: str) -> None:
    good = load({"TRACKER_MAIL_RETURN_PATH": "bounces+*@example.org"}, instance)
    assert good.mail_return_path == "bounces+*@example.org"
    with pytest.raises(SettingsError, match="TRACKER_MAIL_RETURN_PATH"):
        load({"TRACKER_MAIL_RETURN_PATH": text}, instance)


def test_who_can_answer_a_text_message(instance: Path) -> None:
    assert load({}, instance).sms_replies == ()
    assert load({"TRACKER_SMS_REPLIES": "+49, +1"}, instance).sms_replies == ("+49", "+1")
    assert load({"TRACKER_SMS_REPLIES": "+"}, instance).sms_replies == ("+",)
    with pytest.raises(SettingsError, match="TRACKER_SMS_REPLIES"):
        load({"TRACKER_SMS_REPLIES": "49"}, instance)

"""Every setting there is, with its default and meaning. README's table is checked against it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Name:
    """One setting. ``TRACKER_`` + upper case in the environment; as it stands in settings.toml."""

    name: str
    meaning: str
    default: str | None = None
    in_file: bool = True

    @property
    def variable(self) -> str:
        """The environment variable."""
        return f"TRACKER_{self.name.upper()}"


NAMES = (
    Name("instance", "folder of keys, database and outbox", "instance", in_file=False),
    Name("database_url", "`sqlite:///…` or `postgresql+psycopg://…`", "instance/tracker.db"),
    Name("bind", "address and port of the web site", "127.0.0.1:8000"),
    Name("public_url", "the address people use; all links are built from it"),
    Name("trusted_hosts", "host names the site answers to, separated by commas"),
    Name(
        "trusted_proxies",
        "addresses or networks of the reverse proxy, which says where a visitor comes from",
        "127.0.0.1,::1",
    ),
    Name("keys", "key ring file", "instance/keys.json"),
    Name("backup_key", "public key that backups are sealed to: `tracker keys backup` makes it"),
    Name("backup_days", "days a backup is kept, which bounds every erasure", "30"),
    Name("organisation", "name shown on pages behind sign-in"),
    Name("language", "language of those who have chosen none", "en"),
    Name("timezone", "time zone of new cases and people", "UTC"),
    Name("digest_weekday", "day the weekly digest goes out", "monday"),
    Name("digest_at", "local time the weekly digest goes out", "08:00"),
    Name(
        "review_open_days", "days after which an open case is reviewed: is it right still?", "365"
    ),
    Name("keep_closed_days", "days after which a closed case is reviewed: keep or erase?", "730"),
    Name("quick_exit_url", "where “leave this page” leads", "https://www.wikipedia.org/"),
    Name("delivery", "`file` writes messages to `instance/outbox/` instead of sending them"),
    Name("smtp_url", "`smtp://user:pass@host:port?tls=starttls`, or `smtps://…`"),
    Name("mail_from", "sender of mails"),
    Name("mail_return_path", "`bounces+*@example.org`: where bounces go, `*` names the mail"),
    Name("imap_url", "`imaps://user:pass@host/folder`: bounces and replies"),
    Name("twilio_account_sid", "Twilio account, `AC…`"),
    Name("twilio_auth_token", "Twilio auth token; also proves Twilio's callbacks"),
    Name("twilio_secondary_auth_token", "the other auth token, while tokens are being changed"),
    Name("twilio_api_key_sid", "Twilio API key, `SK…`, used for sending"),
    Name("twilio_api_key_secret", "secret of the API key"),
    Name("twilio_from", "sending number or sender name"),
    Name("twilio_messaging_service_sid", "`MG…`, instead of a sending number"),
    Name("twilio_voice_from", "number that calls when a text message brings no receipt"),
    Name("twilio_api_url", "another base address of Twilio's interface"),
    Name("kannel_url", "`http://user:pass@host:port/cgi-bin/sendsms` of a Kannel gateway"),
    Name("kannel_from", "sending number or sender name at the Kannel gateway"),
    Name("kannel_secret", "secret part of the addresses Kannel calls: `/hooks/kannel/SECRET/…`"),
    Name("kannel_peers", "network addresses Kannel calls from", "127.0.0.1,::1"),
    Name("sms_deny", "prefixes never sent an SMS, besides +86, separated by commas"),
    Name("sms_replies", "prefixes whose people can answer an SMS: a reply code stands in theirs"),
    Name("webhook_private", "`1` lets webhooks call addresses of our own network", "0"),
    Name("services", "Apprise schemes that contact points may use, as `tgram,matrixs`"),
    Name(
        "ladder_minutes",
        "how long a text message or a call may stay without a receipt before the next way is tried",
        "10",
    ),
    Name("merge_above", "how many messages at once go to a person singly; more become one", "5"),
    Name("sms_per_second", "text messages a second at most; else as fast as they are taken"),
    Name("mails_per_second", "mails a second at most; else as fast as they are taken"),
    Name("heartbeat_url", "pinged by the worker while it lives"),
    Name("clock_file", "file holding the demo's instant; only in an instance marked demo"),
    Name("debug", "`1` shows faults in the browser; never on a public address", "0"),
)

BY_NAME = {entry.name: entry for entry in NAMES}


def variable(name: str) -> str:
    """The environment variable of a setting. Raises KeyError for a name that does not exist."""
    return BY_NAME[name].variable

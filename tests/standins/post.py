"""A real post office on loopback: Postfix, and Dovecot for its mailboxes. Nothing leaves.

Everything to `ngo.test` is put into the mailbox `desk@ngo.test`, also `desk+anything@`; mail to
`example.net` is handed to a server of the test's choice; all else is refused.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from mailbox import Maildir
from pathlib import Path

import pytest

from tests.need import need
from tests.standins.kannel import free_port, listens, until
from tests.standins.mail import certificate
from tracker.settings import Imap, Smtp

USER, PASSWORD = "desk", "pw-of-the-desk"

_DOVECOT = """\
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
ssl = yes
ssl_cert = <{folder}/127.0.0.1.pem
ssl_key = <{folder}/127.0.0.1.key
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
mail_location = maildir:{folder}/box
first_valid_uid = 1
mail_uid = {owner}
mail_gid = {group}
default_internal_user = {internal}
default_login_user = {login}
default_internal_group = {internal_group}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%n {folder}/users
}}
userdb {{
  driver = static
  args = uid={owner} gid={group} home={folder}/box
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""

_MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/spool
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
meta_directory = /etc/postfix
shlib_directory = /usr/lib/postfix
mail_owner = postfix
setgid_group = postdrop
maillog_file = {folder}/mail.log
maillog_file_prefixes = {folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.ngo.test
myorigin = ngo.test
mydestination =
mynetworks = 127.0.0.0/8
relay_domains =
smtpd_relay_restrictions = permit_mynetworks, reject
recipient_delimiter = +
virtual_mailbox_domains = ngo.test
virtual_mailbox_base = {folder}
virtual_mailbox_maps = texthash:{folder}/etc/mailboxes
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_minimum_uid = 1
transport_maps = texthash:{folder}/etc/transport
default_transport = error:5.7.1 mail to the outside is off on this test server
disable_dns_lookups = yes
smtp_host_lookup = native
queue_run_delay = 2s
minimal_backoff_time = 2s
maximal_backoff_time = 4s
maximal_queue_lifetime = 4s
bounce_queue_lifetime = 4s
alias_maps =
alias_database =
local_recipient_maps =
"""

_MASTER = """\
127.0.0.1:{smtp} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True)
class Post:
    """Where the servers listen, and the mailbox as files."""

    folder: Path
    imap_port: int
    imaps_port: int
    smtp_port: int

    @property
    def imap(self) -> Imap:
        return Imap("127.0.0.1", self.imap_port, "none", "INBOX", USER, PASSWORD)

    @property
    def authority(self) -> Path:
        """The certificate to believe."""
        return self.folder / "127.0.0.1.pem"

    @property
    def smtp(self) -> Smtp:
        return Smtp("127.0.0.1", self.smtp_port, "none")

    def deliver(self, raw: bytes) -> None:
        """Put a mail into the mailbox, as if it had come."""
        owner = (self.folder / "box").stat()
        box = Maildir(self.folder / "box")
        path = Path(box._path) / "new" / f"{len(list(box.keys()))}.{os.urandom(8).hex()}.test"  # type: ignore[attr-defined]
        path.write_bytes(raw)
        os.chown(path, owner.st_uid, owner.st_gid)

    def kept(self) -> list[bytes]:
        """The mails in the mailbox that are not deleted; reports about mails left out."""
        box = Maildir(self.folder / "box")
        left = [box.get_bytes(key) for key in sorted(box.keys()) if "T" not in box[key].get_flags()]
        return [mail for mail in left if b"multipart/report" not in mail]


@contextmanager
def post_office(neighbour: int | None = None) -> Iterator[Post]:
    """Dovecot; and Postfix too where a neighbour's port is given (which root alone can start)."""
    dovecot = need("dovecot")
    root = os.geteuid() == 0
    if neighbour is not None:
        postfix = need("postfix")
        if not root:
            pytest.skip("Postfix is started by root alone")
    folder = Path(tempfile.mkdtemp(prefix="post-"))  # pytest's own folders are closed to others
    folder.chmod(0o755)
    imap, imaps, smtp = free_port(), free_port(), free_port()
    owner = pwd.getpwnam("nobody") if root else pwd.getpwuid(os.geteuid())
    me = pwd.getpwuid(os.geteuid()).pw_name
    for part in ("box/new", "box/cur", "box/tmp", "run", "state", "etc", "spool", "data"):
        (folder / part).mkdir(parents=True)
    if root:
        for part in ("box", "box/new", "box/cur", "box/tmp"):
            os.chown(folder / part, owner.pw_uid, owner.pw_gid)
    certificate(folder)
    (folder / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n")
    text = _DOVECOT.format(
        folder=folder,
        imap=imap,
        imaps=imaps,
        owner=owner.pw_uid,
        group=owner.pw_gid,
        internal="dovecot" if root else me,
        login="dovenull" if root else me,
        internal_group="dovecot" if root else pwd.getpwuid(os.geteuid()).pw_gid,
    )
    (folder / "dovecot.conf").write_text(text)
    servers = subprocess.Popen([dovecot, "-F", "-c", str(folder / "dovecot.conf")])
    try:
        until("Dovecot listens", lambda: listens(imap))
        if neighbour is not None:
            _start_postfix(postfix, folder, smtp, neighbour, owner)
        yield Post(folder, imap, imaps, smtp)
    finally:
        if neighbour is not None:
            subprocess.run([postfix, "-c", str(folder / "etc"), "stop"], check=False)
        servers.terminate()
        servers.wait(timeout=10)
        shutil.rmtree(folder, ignore_errors=True)


def _start_postfix(
    postfix: str, folder: Path, smtp: int, neighbour: int, owner: pwd.struct_passwd
) -> None:
    etc = folder / "etc"
    os.chown(folder / "data", pwd.getpwnam("postfix").pw_uid, -1)
    (etc / "main.cf").write_text(_MAIN.format(folder=folder, uid=owner.pw_uid, gid=owner.pw_gid))
    (etc / "master.cf").write_text(_MASTER.format(smtp=smtp))
    (etc / "mailboxes").write_text("desk@ngo.test box/\n")
    (etc / "transport").write_text(f"example.net smtp:[127.0.0.1]:{neighbour}\n")
    for act in ("check", "start"):
        ran = _postfix(postfix, etc, act)
    log = folder / "mail.log"
    assert not ran.returncode, ran.stderr + (log.read_text() if log.exists() else "")
    until("Postfix listens", lambda: listens(smtp))


def _postfix(postfix: str, etc: Path, act: str) -> subprocess.CompletedProcess[str]:
    command = [postfix, "-c", str(etc), act]
    return subprocess.run(command, check=False, capture_output=True, text=True)

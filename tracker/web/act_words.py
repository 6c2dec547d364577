"""Acts of the audit trail in plain words, grouped as people ask for them (safety.md S13).

Every act that the program writes has its words here: tests/web/test_act_words.py compares.
"""

from __future__ import annotations

from tracker.i18n.words import gettext as _


def act_text(act: str) -> str:
    """An act in words; one that an earlier version wrote, as it stands."""
    return next((acts[act] for _title, acts in groups().values() if act in acts), act)


def groups() -> dict[str, tuple[str, dict[str, str]]]:
    """The kinds of acts: key, title, and each act with its words."""
    return {
        "cases": (_("Cases"), _cases()),
        "record": (_("What was told"), _record()),
        "alerts": (_("Alerts and answers"), _alerts()),
        "families": (_("Families"), _families()),
        "sharing": (_("Sharing and consulates"), _sharing()),
        "looking": (_("Looking at cases and lists"), _looking()),
        "leaving": (_("Taking out and bringing in"), _leaving()),
        "people": (_("People and posts"), _people()),
        "signin": (_("Signing in"), _signing_in()),
        "office": (_("Policies, sending, the tracker"), _office()),
        "programs": (_("Programs"), _programs()),
    }


def _cases() -> dict[str, str]:
    return {
        "case.opened": _("Case opened"),
        "case.assigned": _("Case assigned"),
        "case.handed_over": _("Case handed over"),
        "cases.assign": _("Many cases assigned"),
        "cases.given": _("All cases of a colleague given to somebody"),
        "case.snoozed": _("Snoozed"),
        "case.snooze_ended": _("Snooze ended"),
        "cases.snooze": _("Many cases snoozed"),
        "case.closed": _("Case closed"),
        "case.reopened": _("Case opened again"),
        "case.policy_changed": _("Another policy"),
        "case.zone_changed": _("Another time zone"),
        "case.merged": _("Two cases merged"),
        "case.unmerged": _("Merge taken back"),
        "same.decided": _("Decided whether two cases are one person’s"),
        "case.set_aside": _("Set aside by the worker"),
        "case.kept": _("To be kept longer"),
        "case.erased": _("Case deleted"),
    }


def _record() -> dict[str, str]:
    return {
        "contact.reported": _("Contact reported"),
        "contact.told_by_reply": _("News told by answering a message"),
        "contact.confirmed": _("Report confirmed"),
        "contact.rejected": _("Report not confirmed"),
        "contact.retracted": _("Confirmed contact taken back"),
        "account.told": _("Account of a source entered"),
        "statement.added": _("Fact added"),
        "statement.withdrawn": _("Fact taken back"),
        "statement.restored": _("Fact put back"),
        "name.added": _("Name added"),
        "name.withdrawn": _("Name taken back"),
        "name.restored": _("Name put back"),
        "picture.added": _("Photo added"),
        "picture.deleted": _("Photo deleted"),
    }


def _alerts() -> dict[str, str]:
    return {
        "alert.raised": _("Alert raised"),
        "alert.acknowledged": _("Acknowledged"),
        "alert.acknowledged_unsigned": _("Acknowledged for 24 hours without sign-in"),
        "alert.seen": _("Seen by a consular contact"),
        "alert.seen_unsigned": _("Seen by a consular contact without sign-in"),
        "alert.passed_on": _("Passed to the next person"),
        "alert.undelivered": _("Alert could not be delivered"),
        "alert.withdrawn": _("Alert withdrawn"),
        "reply.heard": _("Answer to a message heard"),
        "reply.passed_over": _("Answer from an address that does not count"),
        "reply.from_stranger": _("Answer from an unknown address"),
    }


def _families() -> dict[str, str]:
    return {
        "enquirer.added": _("Enquirer added"),
        "enquirer.revealed": _("Looked at who reported"),
        "enquirer.reach_changed": _("Ways to reach a family changed"),
        "enquirer.withdrew": _("A family withdrew"),
        "enquirer.stayed": _("The deletion after a withdrawal was stopped"),
        "enquirer.erased": _("Deleted: who reported, and their words"),
        "receipt.opened": _("Receipt opened"),
        "receipt.refused": _("Wrong receipt code"),
        "receipt.unseen": _("New code: the first never arrived"),
        "receipt.replaced": _("New receipt code given"),
        "message.written": _("Message written"),
        "message.read": _("Messages read"),
        "consent.recorded": _("Consent recorded"),
    }


def _sharing() -> dict[str, str]:
    return {
        "case.shared": _("Case shared with a post"),
        "case.unshared": _("Case no longer shared with a post"),
        "consular.asked": _("Question to a post"),
        "consular.answered": _("Answer of a post"),
        "shared.listed": _("Looked at the cases shared with a post"),
        "shared.read": _("Looked at a shared case"),
        "shared.printed": _("Shared case printed"),
    }


def _looking() -> dict[str, str]:
    return {
        "case.read": _("Looked at a case"),
        "contact.seen": _("Looked at a report"),
        "message.seen": _("Looked at messages with a family"),
        "picture.glanced": _("Looked at a small photo"),
        "picture.read": _("Looked at a photo"),
        "queue.read": _("Looked at the queue"),
        "work.read": _("Looked at the work list"),
        "team.read": _("Looked at the team’s figures"),
        "same.read": _("Compared two cases"),
        "case.replayed": _("Case replayed at the command line"),
        "digest.listed": _("Looked at the list of digests"),
        "digest.read": _("Looked at a weekly digest"),
        "digest.deliveries_read": _("Looked at who got a digest"),
        "outbox.read": _("Looked at a message of the outbox"),
        "view.kept": _("View of the queue kept"),
        "view.removed": _("View of the queue removed"),
    }


def _leaving() -> dict[str, str]:
    return {
        "export.asked": _("Asked to take cases out"),
        "export.agreed": _("Second person agreed to cases being taken out"),
        "export.declined": _("Taking cases out refused"),
        "export.made": _("Cases taken out"),
        "case.exported": _("Case taken out"),
        "case.printed": _("Case sheet printed"),
        "digest.printed": _("Weekly digest printed"),
        "digest.picture_saved": _("Picture of a digest saved"),
        "digest.previewed": _("Weekly digest previewed"),
        "team.saved": _("The team’s figures saved"),
        "import.uploaded": _("Sheet brought for import"),
        "import.read": _("Looked at a sheet brought for import"),
        "import.discarded": _("Sheet thrown away"),
        "import.done": _("Import done"),
    }


def _people() -> dict[str, str]:
    return {
        "person.invited": _("Somebody invited"),
        "person.roles": _("Roles changed"),
        "person.renamed": _("Name of an account changed"),
        "person.address": _("Signs in with another mail address"),
        "person.reading": _("How much messages say changed"),
        "person.leave": _("Leave and deputy changed"),
        "person.disabled": _("Account closed"),
        "person.enabled": _("Account opened again"),
        "person.last_day": _("Last day of the account changed"),
        "person.erased": _("Name and addresses of a leaver deleted"),
        "person.language": _("Language chosen"),
        "person.shortcuts": _("Single keys switched on or off"),
        "contact_point.added": _("Contact point added"),
        "contact_point.enabled": _("Contact point switched on"),
        "contact_point.disabled": _("Contact point switched off"),
        "contact_point.verified": _("Contact point shown to be its reader’s"),
        "contact_point.opted_in": _("Messages wanted again"),
        "contact_point.opted_out": _("Messages stopped by their reader"),
        "openpgp.given": _("OpenPGP key given"),
        "openpgp.removed": _("OpenPGP key removed"),
        "openpgp.unusable": _("OpenPGP key could not be used"),
        "post.added": _("Post added"),
        "post.member_added": _("Member of a post added"),
        "post.member_ended": _("Member of a post removed"),
    }


def _signing_in() -> dict[str, str]:
    return {
        "signin": _("Signed in"),
        "signin.refused": _("Sign-in refused"),
        "signin.confirmed": _("Password and code given again"),
        "signout": _("Signed out"),
        "session.ended": _("Signed out elsewhere"),
        "form.kept": _("Unsent form kept at sign-out"),
        "person.reset": _("Sign-in reset"),
        "person.reset_asked": _("Asked for: a reset of the second factor"),
        "person.roles_asked": _("Asked for: other roles"),
        "person.change_agreed": _("Agreed to a change of an account"),
        "person.change_declined": _("Change of an account refused or taken back"),
        "person.rescued": _("Last administrator’s sign-in reset on the server"),
        "person.alone": _("Done without a second person: there is nobody else"),
        "person.link_shown": _("Reset link shown to the administrator"),
        "person.code_guessed": _("Wrong codes after the right password"),
        "person.link_used": _("Invitation or reset link used"),
        "person.password": _("Password changed"),
        "person.second_factor": _("New phone for codes"),
        "person.passkey_added": _("Passkey added"),
        "person.passkey_removed": _("Passkey removed"),
        "person.passkey_copied": _("Passkey may have been copied"),
        "person.recovery_made": _("Recovery codes made"),
        "person.recovery_used": _("Recovery code used"),
    }


def _office() -> dict[str, str]:
    return {
        "policy.added": _("Policy added"),
        "policy.drafted": _("Draft of a policy begun"),
        "policy.saved": _("Draft of a policy changed"),
        "policy.discarded": _("Draft of a policy thrown away"),
        "policy.activated": _("Policy activated"),
        "sending.paused": _("Sending paused"),
        "sending.resumed": _("Sending started again"),
        "sending.held": _("Sending held by the worker"),
        "sending.released": _("Held messages released"),
        "outbox.test": _("Test alert sent"),
        "outbox.invitation": _("Invitation sent"),
        "digest.decided": _("Weekly digest made"),
        "keys.copied": _("Copy of the key ring noted"),
        "keys.rotated": _("Keys rotated"),
        "backup.taken": _("Backup taken"),
        "instance.prepared": _("Tracker prepared"),
        "instance.restored": _("Tracker restored from a backup"),
    }


def _programs() -> dict[str, str]:
    return {
        "token.made": _("Token for a program made"),
        "token.ended": _("Token for a program ended"),
        "api.cases": _("A program read the list of cases"),
        "api.case": _("A program read a case"),
        "api.alerts": _("A program read the list of alerts"),
        "api.digest": _("A program read a digest"),
        "api.report": _("A program handed in a report"),
        "api.acknowledge": _("A program acknowledged for 24 hours"),
    }

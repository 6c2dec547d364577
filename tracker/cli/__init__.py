"""The `tracker` command line. Every command: `--help` with an example, errors as one sentence.

Exit status 2 for wrong use, 1 for failure (cli.md).
"""

from __future__ import annotations

import os

import click

from tracker.cli import (
    backups,
    clock,
    database,
    digests,
    exports,
    imports,
    keys,
    people,
    read,
    running,
    setting_up,
)

COMMANDS: tuple[click.Command, ...] = (
    setting_up.init,
    running.run,
    running.web,
    running.worker,
    running.doctor,
    database.db,
    read.dates,
    read.names,
    clock.replay,
    digests.digest,
    people.user,
    imports.import_,
    exports.export,
    backups.backup,
    backups.restore,
    keys.keys,
    keys.audit,
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="tracker")
def main() -> None:
    """Keeps each family's last confirmed contact with a detained relative, and never forgets.

    Example: tracker run --demo
    """
    os.umask(0o077)  # whatever is written is for the user it runs as alone (S1)


for _command in COMMANDS:
    main.add_command(_command)

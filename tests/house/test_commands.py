"""Every command of ``tracker`` is also one of ``flask --app tracker`` (cli.md)."""

from importlib.metadata import entry_points

from tracker.cli import COMMANDS


def test_flask_knows_every_command() -> None:
    known = {point.name: point for point in entry_points(group="flask.commands")}
    for command in COMMANDS:
        assert command.name in known
        assert known[command.name].load() is command

"""Contact tracker: when was each detained person last heard from, and who must be told."""

__version__ = "0.1.0"

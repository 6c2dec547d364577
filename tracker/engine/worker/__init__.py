"""The one that never sleeps: the ticker and its parts."""

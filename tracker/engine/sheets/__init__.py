"""Many cases at once, as files: brought in and taken out."""

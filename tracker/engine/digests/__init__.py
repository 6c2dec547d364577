"""The weekly digest: what it says, to whom, and how it is read."""

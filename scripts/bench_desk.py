"""Pages."""


def desk(_bench: object) -> None: ...

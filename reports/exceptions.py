"""Errors of the reports app. Plain Python: no Django."""


class NotInFramework(LookupError):
    """A filter names a job role, domain or skill that does not exist."""


class FiguresBehind(Exception):
    """More stored levels are out of date than a page works out itself; `count` is how many."""

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} levels wait to be brought up to date")
        self.count = count

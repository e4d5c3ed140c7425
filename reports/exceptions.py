"""Errors of the reports app. Plain Python: no Django."""


class NotInFramework(LookupError):
    """A filter names a job role, domain or skill that does not exist."""

"""What the services of this app refuse, said so that it can be shown to whoever asked."""

from datetime import date
from decimal import Decimal


class Refused(ValueError):
    """Something a rule of this app forbids; the text is meant for people."""


class NotReady(Exception):
    """An operator has to load something first; the text says what."""


class ReportingLineRefused(Refused):
    """A manager that would close a circle, or a line that would become too long to keep."""


class LastAdministrator(Refused):
    """A change after which nobody could administer the site."""

    def __init__(self, person: object) -> None:
        super().__init__(
            f"{person} is the last active administrator (a superuser who may open the admin). "
            "Make somebody else one first."
        )


class SharesRefused(Refused):
    """Positions of one person that together take more than the whole of a day."""

    def __init__(self, day: date, total: Decimal) -> None:
        self.day, self.total = day, total
        super().__init__(
            f"The shares of the positions on {day.isoformat()} add up to {total.normalize():f}; "
            "they may add up to 1 at most."
        )


class InvitationRefused(Refused):
    """A link that no longer, or never, lets anybody set a password."""


class PeopleFileRefused(Refused):
    """A people file that was not imported; nothing was changed."""


class CursorUnreadable(Refused):
    """A cursor that is damaged, too old, or of another list, client or set of filters."""

    def __init__(self) -> None:
        super().__init__(
            "This cursor cannot be used here: take `next` as it came, with the same client and "
            "filters."
        )


class ApiClientRefused(Refused):
    """An API client that cannot be made or changed as asked."""

"""Errors of the courses app. Plain Python: no Django. Messages are for the reader of the page."""

from datetime import datetime


class CoursesError(Exception):
    """Base of every error this app raises on purpose."""


class NotOffered(CoursesError):
    """The lesson or curriculum cannot be opened: withdrawn, or its text is still to come."""


class LessonNotOffered(NotOffered):
    """There is no lesson with a text."""

    def __init__(self) -> None:
        super().__init__(
            "There is no lesson to read here: its text is still to come, or it was withdrawn, "
            "or there never was one."
        )


class EnrolmentRefused(CoursesError):
    """An enrolment cannot be made or left; the message says why."""


class AssignmentRefused(CoursesError):
    """An assignment is not possible; `field` names the input at fault."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


class CheckRefused(CoursesError):
    """A skill check cannot be started; the message says why."""


class CheckCoolingDown(CheckRefused):
    """The last attempt is too recent; `opens_at` says from when the check can be taken again."""

    def __init__(self, opens_at: datetime) -> None:
        super().__init__("The last attempt is too recent.")
        self.opens_at = opens_at


class BankTooSmall(CheckRefused):
    """There are too few questions for a check of this skill."""

    def __init__(self, have: int, need: int) -> None:
        super().__init__("There is no check for this skill yet.")
        self.have, self.need = have, need


class CheckClosed(CheckRefused):
    """The check can no longer be handed in."""

    def __init__(self) -> None:
        super().__init__("This check was closed: a new one with more questions took its place.")


class AnswersInvalid(CoursesError):
    """The answers do not fit the questions that were asked."""


class NotSubmitted(CoursesError):
    """There is no result yet."""


class FaultRefused(CoursesError):
    """A report or its answer is not possible; the message says why."""

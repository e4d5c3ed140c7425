"""Errors of the skills app. Plain Python: no Django."""

from datetime import date

from accounts.exceptions import NotReady


class SkillsError(Exception):
    """Base of every error this app raises on purpose."""


class EntryRefused(SkillsError):
    """Evidence was refused at entry (`docs/skill-policy.md`, "What may be recorded").

    `code` is stable and for programs, `field` names the input at fault, `message` is for people.
    """

    def __init__(self, code: str, field: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.field = field
        self.message = message


class PolicyInvalid(SkillsError, ValueError):
    """A policy document cannot be used; `path` names the entry (`kinds.quiz.max_level`)."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path}: {message}")
        self.path = path
        self.message = message


class UnknownInPolicy(SkillsError, LookupError):
    """A row or a caller names a skill or an evidence kind that the policy version does not have."""

    def __init__(self, what: str, name: str, version: str) -> None:
        super().__init__(f"policy version {version} has no {what} {name!r}")
        self.what = what
        self.name = name
        self.version = version


class LedgerIsAppendOnly(SkillsError, TypeError):
    """Something tried to change or delete a ledger row; a mistake is revoked instead."""

    def __init__(self, table: str) -> None:
        super().__init__(f"{table} rows are never changed or deleted; record a revocation instead.")
        self.table = table


class NoPolicyPublished(SkillsError, NotReady, LookupError):
    """There is no current policy version; load the content first."""

    def __init__(self) -> None:
        super().__init__("No policy version is published. Run `manage.py load_content`.")


class PolicyAlreadyPublished(SkillsError, ValueError):
    """A version that is already published came with other content."""

    def __init__(self, version: str) -> None:
        super().__init__(
            f"policy version {version} is already published with other content; "
            "give the changed policy a new version"
        )
        self.version = version


class IdempotencyConflict(SkillsError, ValueError):
    """An idempotency key came a second time with another payload."""

    def __init__(self, key: str) -> None:
        super().__init__("This idempotency key was used for other evidence.")
        self.key = key


class DecisionRefused(SkillsError, ValueError):
    """A decision about evidence or people was refused: a revocation, a settlement, an appointment.

    `code` is stable and for programs, `message` is for people.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class UnknownKinds(SkillsError, LookupError):
    """Names that no kind of evidence of the framework has."""

    def __init__(self, unknown: list[str], known: list[str]) -> None:
        super().__init__(f"unknown kinds: {' '.join(unknown)}; choose from: {' '.join(known)}")
        self.unknown = unknown


class ChangeTooEarly(SkillsError, ValueError):
    """A requirement is to change from a day on which it did not hold yet; the past stays known."""

    def __init__(self, requirement: str, since: date) -> None:
        super().__init__(
            f"the requirement {requirement} holds since {since}: let the change hold from that "
            "day or a later one"
        )


class LineTooLong(SkillsError):
    """A reporting line has more people than a page works out at once; `most` is how many."""

    def __init__(self, most: int) -> None:
        super().__init__(f"more than {most} people")
        self.most = most

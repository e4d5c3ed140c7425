"""Errors of the skills app. Plain Python: no Django."""


class SkillsError(Exception):
    """Base of every error this app raises on purpose."""


class EntryRefused(SkillsError):
    """Evidence was refused at entry (`docs/skill-policy.md`, "Entry conditions").

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

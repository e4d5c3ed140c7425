"""What the admin's form of a person posts, and where."""

from typing import Any

from django.urls import reverse

from accounts.models import Person


def form_of(person: Person | None = None, **changes: Any) -> dict[str, Any]:
    """What the admin's form of a person posts; `positions` and `identities` are rows of inlines."""
    given: dict[str, Any] = {"name": "New Name", "email": "new@example.org", "is_active": "on"}
    if person is not None:
        given |= {"name": person.name, "email": person.email, "external_id": person.external_id}
        given["manager"] = person.manager_id or ""
    for prefix in ("positions", "identities"):
        rows: list[dict[str, Any]] = changes.pop(prefix, [])
        stored = sum(1 for row in rows if row.get("id"))
        given |= {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": stored}
        for number, row in enumerate(rows):
            given |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    given |= changes
    return {name: value for name, value in given.items() if value is not None}


def change_url(person: Person) -> str:
    return reverse("admin:accounts_person_change", args=[person.pk])

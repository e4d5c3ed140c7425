"""What can be done about a gap. The pages lie in higher apps, so they are found by URL name."""

from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.urls import NoReverseMatch, reverse

from accounts.permissions import can_direct
from skills.services.explain import EvidenceLine
from skills.services.gaps import GapRow
from skills.views.subjects import Subject


@dataclass(frozen=True, slots=True)
class Action:
    """A link that leads towards closing a gap."""

    label: str
    url: str


def page_url(name: str, *args: object, **query: object) -> str:
    """The address of a page by its name; empty where this installation has no such page."""
    try:
        url = reverse(name, args=args)
    except NoReverseMatch:
        return ""
    return f"{url}?{urlencode(query)}" if query else url


def actions_for(row: GapRow, subject: Subject, *, back: str) -> list[Action]:
    """The actions that can close this row, none where nothing is open; `back` is the page."""
    if not row.open:
        return []
    if subject.is_self:
        return learning_actions(row)
    if not can_direct(subject.viewer, subject.person):
        return []
    return assign_actions(subject.person.uuid, row.skill.slug, back=back)


def learning_actions(row: GapRow) -> list[Action]:
    """For the person: the lessons, and the skill check if there is one and nothing is verified."""
    found = [Action("Lessons", page_url("courses:catalogue", skill=row.skill.slug))]
    if row.verified_level == 0 and row.skill.has_check:
        found.append(Action("Skill check", page_url("courses:skill-check", row.skill.slug)))
    return [each for each in found if each.url]


def assign_actions(person: UUID, skill: str, *, back: str) -> list[Action]:
    """For a manager or HR: ask the person for a lesson or a check, and come `back` to this page."""
    asked = {"person": person, "skill": skill, "next": back}
    action = Action("Assign", page_url("courses:assignment-create", **asked))
    return [action] if action.url else []


def origin_url(line: EvidenceLine) -> str:
    """The page of what a ledger row came from, named `<app>:<noun>-detail`; empty without one."""
    app, _, noun = line.origin_type.partition(".")
    if not noun or line.origin_uuid is None:
        return ""
    return page_url(f"{app}:{noun}-detail", line.origin_uuid)

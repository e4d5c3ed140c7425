"""The worklist of a manager: the gaps of the team, what was asked already, what to ask next."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from courses.services.asks import Ask, asks_towards
from skills.forms import WORKLIST_ORDERS
from skills.services.gaps import GapRow
from skills.services.matrix import team_worklist as worklist_of
from skills.services.matrix_parts import MatrixLine
from skills.services.requirements import PersonRef
from skills.services.wording import STATUSES
from skills.views.links import Action, assign_actions
from skills.views.selection import Team, team_context, team_page

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One cell to act on."""

    person: PersonRef
    row: GapRow
    url: str
    actions: list[Action]
    ask: Ask | None


@team_page("Team worklist", orders=WORKLIST_ORDERS)
def team_worklist(request: HttpRequest, team: Team) -> HttpResponse:
    """A selection of the team as a list of cells to act on."""
    found = worklist_of(team.people, team.filter)
    page = Paginator(found.lines, PAGE_SIZE).get_page(request.GET.get("page"))
    context = team_context(team, found) | {
        "page": page,
        "items": _items(list(page.object_list), back=team.here if team.may_be_asked else ""),
        "state": STATUSES[team.filter.status] if team.filter.status else "",
    }
    return render(request, "courses/team_worklist.html", context)


def _items(lines: Sequence[MatrixLine], *, back: str) -> list[WorkItem]:
    """The lines with what can be done; `back` is this page, empty for those who only read."""
    skills = {each.cell.skill.slug for each in lines}
    asked = asks_towards(skills, {each.person.id for each in lines})
    return [
        _item(each, asked.get((each.person.id, each.cell.skill.slug)), back=back) for each in lines
    ]


def _item(line: MatrixLine, ask: Ask | None, *, back: str) -> WorkItem:
    person, row = line.person, line.cell
    skill = row.skill.slug
    return WorkItem(
        person,
        row,
        reverse("skills:person-skill-detail", args=[person.uuid, skill]),
        assign_actions(person.uuid, skill, back=back) if back and row.required else [],
        ask,
    )

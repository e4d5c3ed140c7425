"""Asking people to do something by a day, seeing how far they are, taking it back."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Person
from accounts.models.people import PersonQuerySet
from accounts.services.access import (
    WHOLE_ORGANISATION,
    Scope,
    record_looks,
)
from courses.exceptions import AssignmentRefused
from courses.forms import AssignmentFilterForm, AssignmentForm
from courses.models import Assignment, Curriculum
from courses.permissions import (
    can_assign,
    can_see_all_assignments,
    can_see_assignments,
    can_undo_assignment,
    can_view_assignment,
)
from courses.services import assignments
from courses.services.assigned_enrolments import settling_job
from courses.services.assignment_choices import people_to_assign, teams_to_assign, written_as
from courses.services.assignment_progress import (
    AssignmentProgress,
    TaskState,
    assignment_progress,
    people_asked,
)
from courses.services.assignment_reach import group_asked
from courses.views.members import member_page, person_of, way_back
from skills.models import Skill

PAGE_SIZE = 20
PEOPLE_SIZE = 50
SUGGESTED = 12
SHORTEST = 2  # letters before people are suggested
NOT_YOURS = "Managers ask the people of their line, HR anybody."


def _asker(request: HttpRequest) -> Person:
    """Who asks; refused for those who lead nobody and are not HR."""
    if not can_assign(request.user):
        raise PermissionDenied(NOT_YOURS)
    return person_of(request)


@member_page
@require_http_methods(["GET", "HEAD", "POST"])
def assignment_create(request: HttpRequest) -> HttpResponse:
    by = _asker(request)
    back = way_back(request, reverse("courses:assignment-list"))
    skill = Skill.objects.filter(slug=_asked(request, "skill"), is_active=True).first()
    person = _named(request, "person", people_to_assign(by))
    form = AssignmentForm(
        request.POST or None,
        by=by,
        asked=person,
        skill=skill,
        initial=_initial(request, by, person),
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = assignments.assign_activity(by=by, **form.chosen())
        except AssignmentRefused as refused:
            form.refuse(refused.field, refused.message)
        else:
            _say(request, made, "asked. They see it on their path.")
            return redirect(back)
    status = 422 if form.errors else 200
    context = {"form": form, "person": person, "back": back}
    return render(request, "courses/assignment_create.html", context, status=status)


def _say(request: HttpRequest, assignment: Assignment, done: str) -> None:
    later = " Their enrolments follow in the background." if settling_job(assignment) else ""
    messages.success(request, f"{assignments.target(assignment)}: {done}{later}")


def _asked(request: HttpRequest, name: str) -> str:
    return request.GET.get(name, "").replace("\x00", "")


def _initial(request: HttpRequest, by: Person, person: Person | None) -> dict[str, Any]:
    """What the link to the page names already; what the viewer may not choose is left out."""
    found: dict[str, Any] = {}
    team = _named(request, "team", teams_to_assign(by))
    for target, named in (("person", person), ("team", team)):
        if named is not None:
            found |= {"target": target, target: written_as(named)}
    curriculum = Curriculum.objects.filter(slug=_asked(request, "curriculum"), is_active=True)
    for slug in curriculum.values_list("slug", flat=True):
        found["activity"] = f"curriculum:{slug}"
    return found


def _named(request: HttpRequest, target: str, people: PersonQuerySet) -> Person | None:
    """The person whose uuid the address names, if the viewer may choose them."""
    try:
        uuid = UUID(_asked(request, target))
    except ValueError:
        return None
    return people.filter(uuid=uuid).first()


@member_page
@require_safe
def assignment_people(request: HttpRequest) -> HttpResponse:
    """Suggestions: people the viewer can ask (`?person=`), or whose team they can (`?team=`)."""
    by = _asker(request)
    text = _asked(request, "person").strip()
    people = people_to_assign(by)
    if not text:
        text = _asked(request, "team").strip()
        people = teams_to_assign(by)
    found = people.matching(text)[:SUGGESTED] if len(text) >= SHORTEST else []
    names = [written_as(person) for person in found]
    return render(request, "courses/includes/people_options.html", {"names": names})


@member_page
@require_safe
def assignment_list(request: HttpRequest) -> HttpResponse:
    """What was asked for and how many have done it: all of it, or (`?by=me`) what one asked."""
    viewer = person_of(request)
    if not can_see_assignments(viewer):
        raise PermissionDenied(NOT_YOURS)
    asks, sees_all = can_assign(viewer), can_see_all_assignments(viewer)
    shows_all = sees_all and not (asks and request.GET.get("by") == "me")
    chosen = (
        assignments.open_assignments() if shows_all else assignments.assignments_made_by(viewer)
    )
    form = AssignmentFilterForm(request.GET)
    page = Paginator(form.apply(chosen), PAGE_SIZE).get_page(request.GET.get("page"))
    rows = assignment_progress(list(page), viewer=viewer)
    seen = [WHOLE_ORGANISATION] if shows_all and rows else _seen(rows)
    record_looks(seen, what="Assignments", viewer=viewer)
    context = {
        "page": page,
        "rows": rows,
        "form": form,
        "today": timezone.localdate(),
        "can_assign": asks,
        "shows_all": shows_all,
        "has_switch": asks and sees_all,
    }
    return render(request, "courses/assignment_list.html", context)


@member_page
@require_safe
def assignment_detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Who has done what was asked, and who has not."""
    viewer = person_of(request)
    assignment = _assignment(uuid)
    if not can_view_assignment(viewer, assignment):
        raise PermissionDenied(NOT_YOURS)
    row = assignment_progress([assignment], viewer=viewer)[0]
    record_looks(_seen([row]), what="Assignment", viewer=viewer)
    given = request.GET.get("state")
    chosen = next((each for each in TaskState if each == given), None)
    people = people_asked(assignment, viewer=viewer, state=chosen)
    context = {
        "row": row,
        "assignment": assignment,
        "state": chosen or "",
        "page": Paginator(people, PEOPLE_SIZE).get_page(request.GET.get("page")),
        "segments": [
            ("", "All", row.total),
            (TaskState.OVERDUE.value, "Overdue", row.overdue),
            (TaskState.OPEN.value, "Open", row.open),
            (TaskState.DONE.value, "Done", row.done),
        ],
        "settling": settling_job(assignment),
        "can_undo": assignment.undone_at is None and can_undo_assignment(viewer, assignment),
    }
    return render(request, "courses/assignment_detail.html", context)


def _assignment(uuid: UUID) -> Assignment:
    return get_object_or_404(Assignment.objects.described(), uuid=uuid)


def _seen(rows: Sequence[AssignmentProgress]) -> list[Person | Scope]:
    """At whom one looks with these rows: at one person, a team or a job role each."""
    return [group_asked(row.assignment) for row in rows if row.total]


@member_page
@require_POST
def assignment_undo(request: HttpRequest, uuid: UUID) -> HttpResponse:
    assignment = _assignment(uuid)
    if not can_undo_assignment(request.user, assignment):
        raise PermissionDenied(NOT_YOURS)
    if request.POST.get("confirmed") != "yes":
        context = {
            "question": "Take this back?",
            "text": "It goes from the path of everybody you asked. What they have read is kept.",
            "label": "Take back",
            "back": reverse("courses:assignment-list"),
        }
        return render(request, "confirm.html", context)
    _say(request, assignments.undo_assignment(assignment, by=person_of(request)), "taken back.")
    return redirect("courses:assignment-list")

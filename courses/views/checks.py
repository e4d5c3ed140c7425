"""The skill check of a skill, and what an attempt came to."""

from contextlib import suppress
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Person
from accounts.services.access import record_look
from courses.exceptions import CheckClosed, CheckRefused
from courses.forms import AnswersForm
from courses.models import SkillCheck
from courses.permissions import can_view_check_result
from courses.services import checks
from courses.services.steps import CHECK_MINUTES
from courses.views.members import member_page, person_of
from skills.exceptions import EntryRefused
from skills.models import Skill
from skills.services.policy import current_policy


@member_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def skill_check(request: HttpRequest, slug: str) -> HttpResponse:
    """What the check is, its questions once begun, or from when it can be taken again.

    Answers name the attempt they belong to, so that handing them in twice gives one result.
    """
    person, skill = person_of(request), get_object_or_404(Skill, slug=slug, is_active=True)
    if "check" in request.POST:
        return _hand_in(request, _own_check(person, skill, request.POST["check"]))
    if request.method == "POST":
        return _start(person, skill)
    check = (
        SkillCheck.objects.of(person).begun().filter(skill=skill).select_related("skill").first()
    )
    if check is None:
        return _intro(request, person, skill)
    outgrown = checks.is_outgrown(check, current_policy().params)
    return _intro(request, person, skill, check) if outgrown else _paper(request, check)


def _own_check(person: Person, skill: Skill, text: str) -> SkillCheck:
    try:
        uuid = UUID(text)
    except ValueError:
        uuid = None
    own = SkillCheck.objects.of(person).filter(skill=skill).select_related("skill")
    return get_object_or_404(own, uuid=uuid)


def _start(person: Person, skill: Skill) -> HttpResponse:
    with suppress(CheckRefused):  # the page that follows says why, and from when it is open
        checks.start_check(person, skill)
    return redirect("courses:skill-check", skill.slug)


def _intro(
    request: HttpRequest, person: Person, skill: Skill, outgrown: SkillCheck | None = None
) -> HttpResponse:
    """What the check is. `outgrown` was begun before the policy asked for more questions."""
    last = SkillCheck.objects.of(person).filter(skill=skill).submitted().first()
    context = {
        "skill": skill,
        "facts": checks.check_state(person, skill),
        "params": current_policy().params,
        "minutes": CHECK_MINUTES,
        "last": last,
        "outgrown": outgrown,
    }
    return render(request, "courses/check_start.html", context)


def _hand_in(request: HttpRequest, check: SkillCheck) -> HttpResponse:
    form = AnswersForm(checks.check_paper(check).questions, request.POST)
    if check.submitted_at is None and not form.is_ready():
        return _paper(request, check, form)
    try:
        checks.submit_check(check, form.positions())
    except (CheckClosed, EntryRefused) as refused:
        messages.error(request, f"Your answers could not be handed in. {refused}")
        return redirect("courses:skill-check", check.skill.slug)
    return redirect("courses:check-result", check.uuid)


def _paper(
    request: HttpRequest, check: SkillCheck, form: AnswersForm | None = None
) -> HttpResponse:
    paper = checks.check_paper(check)
    context = {"check": check, "paper": paper, "form": form or AnswersForm(paper.questions)}
    return render(request, "courses/skill_check.html", context, status=422 if form else 200)


@member_page
@never_cache
@require_safe
def check_result(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The outcome of an attempt. For others it does not exist, those above included."""
    viewer = person_of(request)
    attempts = SkillCheck.objects.select_related("skill", "person").submitted()
    check = get_object_or_404(attempts, uuid=uuid)
    if not can_view_check_result(viewer, check):
        raise Http404
    record_look(subject=check.person, what="Skill check", viewer=viewer)
    context = {
        "result": checks.check_result(check),
        "person": check.person,
        "is_own": check.person_id == viewer.pk,
    }
    return render(request, "courses/check_result.html", context)

"""The practice quiz of a module: as often as one likes, with full feedback."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from courses.exceptions import NotOffered
from courses.forms import AnswersForm
from courses.models import Item, Module, QuizAttempt
from courses.services import quizzes
from courses.views.members import member_page, person_of


@member_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def quiz_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Start, answer, hand in. The answers name their attempt, so a second click changes nothing."""
    offered = Module.objects.filter(is_active=True, curriculum__is_active=True)
    module = offered.select_related("curriculum").filter(slug=slug).first()
    if module is None:
        raise NotOffered("This module is no longer offered.")
    mine = QuizAttempt.objects.filter(person=person_of(request), module=module)
    if "attempt" in request.POST:
        attempt = get_object_or_404(mine, uuid=_uuid(request.POST["attempt"]))
        return _hand_in(request, module, attempt)
    if request.method == "POST":
        quizzes.start_quiz(person_of(request), module)
        return redirect("courses:quiz-detail", slug)
    begun = quizzes.begun_quiz(person_of(request), module)
    if begun is not None:
        return _paper(request, module, begun)
    context = {
        "module": module,
        "count": Item.objects.practice().filter(module=module, current__isnull=False).count(),
        "last": mine.filter(submitted_at__isnull=False).first(),
        "is_reworded": mine.filter(submitted_at__isnull=True).exists(),
    }
    return render(request, "courses/quiz_start.html", context)


def _uuid(text: str) -> UUID | None:
    """The attempt that answers belong to; None finds none."""
    try:
        return UUID(text)
    except ValueError:
        return None


def _hand_in(request: HttpRequest, module: Module, attempt: QuizAttempt) -> HttpResponse:
    form = AnswersForm(quizzes.quiz_paper(attempt).questions, request.POST)
    if attempt.submitted_at is None and not form.is_ready():
        return _paper(request, module, attempt, form)
    quizzes.submit_quiz(attempt, form.positions())
    return redirect("courses:quiz-result", attempt.uuid)


def _paper(
    request: HttpRequest, module: Module, attempt: QuizAttempt, form: AnswersForm | None = None
) -> HttpResponse:
    status = 422 if form else 200
    form = form or AnswersForm(quizzes.quiz_paper(attempt).questions)
    context = {"module": module, "attempt": attempt, "form": form}
    return render(request, "courses/quiz_detail.html", context, status=status)


@member_page
@never_cache
@require_safe
def quiz_result(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Every answer with its key and rationale; for the person who gave them only."""
    attempt = get_object_or_404(
        QuizAttempt.objects.select_related("module__curriculum"),
        uuid=uuid,
        person=person_of(request),
        submitted_at__isnull=False,
    )
    context = {"result": quizzes.quiz_result(attempt), "module": attempt.module}
    return render(request, "courses/quiz_result.html", context)

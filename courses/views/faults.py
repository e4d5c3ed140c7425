"""Faults in lessons: readers report them, authors answer."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.domain.words import words_of
from courses.enums import FaultState
from courses.exceptions import FaultRefused
from courses.forms import FaultAnswerForm, FaultForm
from courses.models import FaultReport, Lesson
from courses.permissions import can_edit_faults, can_see_faults
from courses.services import faults
from courses.views.lessons import version_shown
from courses.views.members import member_page, person_of

PAGE_SIZE = 25
NOT_YOURS = "Only authors and auditors read what readers report."
EVERY = "all"
NAMES = {FaultState.OPEN: "Open", FaultState.RESOLVED: "Mended", FaultState.DISMISSED: "Dismissed"}


@member_page
@require_http_methods(["GET", "HEAD", "POST"])
def fault_create(request: HttpRequest, slug: str) -> HttpResponse:
    lesson = get_object_or_404(
        Lesson.objects.published().select_related("module__curriculum"), slug=slug
    )
    version = version_shown(request.POST or request.GET)
    form = FaultForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            faults.report_fault(
                person_of(request), lesson, form.cleaned_data["text"], version=version
            )
        except FaultRefused as refused:
            form.add_error("text", str(refused))
        else:
            messages.success(
                request,
                "Thank you. The authors can read your report; their answer appears under the "
                "lesson.",
            )
            return redirect("courses:lesson-detail", slug)
    status = 422 if form.errors else 200
    context = {"form": form, "lesson": lesson, "version": version}
    return render(request, "courses/fault_create.html", context, status=status)


@member_page
@require_safe
def fault_list(request: HttpRequest) -> HttpResponse:
    if not can_see_faults(request.user):
        raise PermissionDenied(NOT_YOURS)
    state = request.GET.get("state", FaultState.OPEN.value)
    if state not in (*FaultState.values, EVERY):
        state = FaultState.OPEN.value
    text = request.GET.get("q", "").replace("\x00", "").strip()
    chosen = faults.faults_in(None if state == EVERY else FaultState(state))
    for word in words_of(text):
        chosen = chosen.filter(
            Q(lesson__slug__icontains=word)
            | Q(lesson__title__icontains=word)
            | Q(text__icontains=word)
        )
    rows = FaultReport.objects.order_by().values_list("state").annotate(n=Count("pk"))
    counts: dict[str, int] = dict(rows)
    context = {
        "page": Paginator(chosen, PAGE_SIZE).get_page(request.GET.get("page")),
        "state": state,
        "q": text,
        "can_answer": can_edit_faults(request.user),
        "segments": [(each.value, NAMES[each], counts.get(each, 0)) for each in FaultState]
        + [(EVERY, "All", sum(counts.values()))],
    }
    return render(request, "courses/fault_list.html", context)


@member_page
@require_http_methods(["GET", "HEAD", "POST"])
def fault_detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    if not can_see_faults(request.user):
        raise PermissionDenied(NOT_YOURS)
    can_answer = can_edit_faults(request.user)
    if request.method == "POST" and not can_answer:
        raise PermissionDenied("Only authors answer what readers report.")
    fault = get_object_or_404(faults.faults_in(), uuid=uuid)
    form = FaultAnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            faults.resolve_fault(
                fault,
                by=person_of(request),
                answer=form.cleaned_data["answer"],
                dismissed=form.cleaned_data["outcome"] == FaultState.DISMISSED,
            )
        except FaultRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "Your answer is shown to the reader under the lesson.")
            return redirect("courses:fault-list")
    status = 422 if form.errors else 200
    context = {"form": form, "fault": fault, "can_answer": can_answer}
    return render(request, "courses/fault_detail.html", context, status=status)

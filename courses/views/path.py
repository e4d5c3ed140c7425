"""My path: the one next step, and what else is open."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from courses.services import path
from courses.views.members import member_page, person_of


@member_page
@require_safe
def my_path(request: HttpRequest) -> HttpResponse:
    found = path.my_path(person_of(request))
    begun = found.resume if found.resume and found.resume.is_begun else None
    is_the_step = begun is not None and begun == found.step.lesson
    context = {
        "path": found,
        "step": found.step,
        "begun": None if is_the_step else begun,
        "step_is_begun": is_the_step,
        "today": timezone.localdate(),
    }
    return render(request, "courses/my_path.html", context)

"""What is loaded from the content folder, and loading it again."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Person
from jobs.permissions import can_view_job
from operations.permissions import can_load_content, can_view_content
from operations.services.content import content_loads, loaded_content, start_content_load

NOT_YOURS = "Only authors and administrators load the content."
QUESTION = "Load the content?"
EXPLANATION = (
    "Framework, job roles and courses become what the files of this installation say. Everything "
    "is checked first; with any fault nothing is changed. Nothing that people did is lost."
)


@login_required
@require_safe
def content(request: HttpRequest) -> HttpResponse:
    user = cast(Person, request.user)
    if not can_view_content(user):
        raise PermissionDenied(NOT_YOURS)
    last = content_loads().first()
    context = {
        "loaded": loaded_content(),
        "last": last,
        "opens_job": last is not None and can_view_job(user, last),
        "can_load": can_load_content(user) and not (last and last.is_open),
        "question": QUESTION,
        "explanation": EXPLANATION,
    }
    return render(request, "operations/content.html", context)


@login_required
@require_POST
def content_load(request: HttpRequest) -> HttpResponse:
    """Start loading, after asking, and lead to the progress; a load under way is joined."""
    user = cast(Person, request.user)
    if not can_load_content(user):
        raise PermissionDenied(NOT_YOURS)
    if request.POST.get("confirmed") != "yes":
        back = reverse("operations:content")
        context = {"question": QUESTION, "text": EXPLANATION, "label": "Load", "back": back}
        return render(request, "confirm.html", context)
    job = start_content_load(by=user)
    if job.created_by_id != user.pk:
        messages.info(request, "Somebody else is loading the content already.")
    if not can_view_job(user, job):
        return redirect("operations:content")
    return redirect("jobs:job-detail", uuid=job.uuid)

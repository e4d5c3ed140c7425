"""Pages of long work: the list, and one job while it runs."""

import uuid as uuid_lib
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST
from django.views.decorators.vary import vary_on_headers
from django_htmx.middleware import HtmxDetails

from accounts.models import Person
from jobs.enums import JobState
from jobs.models import Job
from jobs.permissions import can_try_again, can_view_all_jobs, can_view_job
from jobs.services import MAX_ATTEMPTS, try_again

PAGE_SIZE = 25
NOT_YOURS = (
    "Only an administrator, or HR where no person asked for this job, can have it tried again."
)
NOT_AGAIN = (
    "This job did not fail, has forgotten what it was to do, or a later one of its kind is under "
    "way; nothing was started."
)
# where a job is asked for; the pages lie in higher apps, so they are found by URL name
ORIGINS = {"operations.load_content": ("Back to Content", "operations:content")}


@login_required
def job_list(request: HttpRequest) -> HttpResponse:
    """Own jobs, or everybody's; `?state=` narrows, an unknown state shows all."""
    user = cast(Person, request.user)
    sees_all = can_view_all_jobs(user)
    jobs = Job.objects.visible_to(user.pk, everything=sees_all).select_related("created_by")
    state = request.GET.get("state", "")
    if state in JobState.values:
        jobs = jobs.filter(state=state)
    else:
        state = ""
    context = {
        "page": Paginator(jobs, PAGE_SIZE).get_page(request.GET.get("page")),
        "states": JobState.choices,
        "state": state,
        "sees_all": sees_all,
    }
    return render(request, "jobs/job_list.html", context)


@login_required
@vary_on_headers("HX-Request")
def job_detail(request: HttpRequest, uuid: uuid_lib.UUID) -> HttpResponse:
    """One job. htmx asks for the moving part alone every two seconds while the job is open.

    A job the person may not see answers like one that does not exist.
    """
    viewer = cast(Person, request.user)
    job = _visible(viewer, uuid)
    htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]  # set by HtmxMiddleware
    partial = htmx and not htmx.history_restore_request
    template = "jobs/includes/job_progress.html" if partial else "jobs/job_detail.html"
    context = {
        "job": job,
        "most_tries": MAX_ATTEMPTS,
        "origin": _origin(job, viewer),
        "may_try_again": job.can_be_tried_again and can_try_again(viewer, job),
    }
    return render(request, template, context)


@login_required
@require_POST
def job_again(request: HttpRequest, uuid: uuid_lib.UUID) -> HttpResponse:
    """Start a failed job anew and lead to its progress."""
    viewer = cast(Person, request.user)
    job = _visible(viewer, uuid)
    if not can_try_again(viewer, job):
        raise PermissionDenied(NOT_YOURS)
    if not try_again(job):
        messages.warning(request, NOT_AGAIN)
    return redirect("jobs:job-detail", uuid=job.uuid)


def _visible(viewer: Person, uuid: uuid_lib.UUID) -> Job:
    job = Job.objects.select_related("created_by").filter(uuid=uuid).first()
    if job is None or not can_view_job(viewer, job):
        raise Http404
    return job


def _origin(job: Job, viewer: Person) -> dict[str, str]:
    """The link back to where the viewer asked for the job; empty for everybody else."""
    label, name = ORIGINS.get(job.task, ("", ""))
    if not name or job.created_by_id != viewer.pk:
        return {}
    return {"label": label, "url": reverse(name)}

"""The learning record: everything on one page that prints well."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from skills.services.record import skills_record
from skills.views.people import gap_sum
from skills.views.subjects import member_page, own_subject, subject_or_refuse


@member_page
@require_safe
def record(request: HttpRequest, uuid: UUID | None = None) -> HttpResponse:
    if uuid is None:
        subject = own_subject(request)
    else:
        subject = subject_or_refuse(request, uuid, what="Learning record")
    found = skills_record(subject.person)
    context = {
        "subject": subject,
        "record": found,
        "gaps": found.gaps,
        "sum": gap_sum(found.gaps),
        "evidenced": [each for each in found.skills if each.pieces],
        "bare": [each for each in found.skills if not each.pieces],
        "organisation": settings.ORGANISATION_NAME,
    }
    return render(request, "skills/record.html", context)

"""The learning record: everything on one page that prints well."""

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from skills.services.faces import Face, face_of
from skills.services.record import SkillRecord, skills_record
from skills.views.people import gap_sum
from skills.views.subjects import member_page, own_subject, subject_or_refuse


@dataclass(frozen=True, slots=True)
class RecordPart:
    """One skill of the record with its face."""

    skill: SkillRecord
    face: Face


@member_page
@require_safe
def record(request: HttpRequest, uuid: UUID | None = None) -> HttpResponse:
    if uuid is None:
        subject = own_subject(request)
    else:
        subject = subject_or_refuse(request, uuid, what="Learning record")
    found = skills_record(subject.person)
    parts = [RecordPart(each, face_of(each.row)) for each in found.skills]
    context = {
        "subject": subject,
        "record": found,
        "gaps": found.gaps,
        "sum": gap_sum(found.gaps),
        "evidenced": [each for each in parts if each.skill.evidence],
        "bare": [each for each in parts if not each.skill.evidence],
        "organisation": settings.ORGANISATION_NAME,
    }
    return render(request, "skills/record.html", context)

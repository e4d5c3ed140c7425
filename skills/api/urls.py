"""Addresses of the skills endpoints, below /api/v1/."""

from django.urls import path

from skills.api.evidence_views import PersonsEvidence, RecordEvidence, RevokeEvidence
from skills.api.views import Competencies, CompetencyChanges, JobRoles, Skills

urlpatterns = [
    path("skills/", Skills.as_view(), name="skills"),
    path("job-roles/", JobRoles.as_view(), name="job-roles"),
    path("competencies/", CompetencyChanges.as_view(), name="competencies"),
    path("evidence/", RecordEvidence.as_view(), name="evidence"),
    path("evidence/<any_case_uuid:uuid>/revoke/", RevokeEvidence.as_view(), name="evidence-revoke"),
    path(
        "people/<any_case_uuid:uuid>/competencies/",
        Competencies.as_view(),
        name="person-competencies",
    ),
    path(
        "people/<any_case_uuid:uuid>/evidence/", PersonsEvidence.as_view(), name="person-evidence"
    ),
]

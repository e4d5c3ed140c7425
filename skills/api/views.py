"""The framework and people's competencies, for HR's systems."""

from typing import Any
from uuid import UUID

from django.db.models import Prefetch
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import JobRole, Person
from accounts.services.access import WHOLE_ORGANISATION, record_look, record_wide_look
from accounts.services.clients import client_of
from accounts.services.cursors import Asked, at_cursor, encode_cursor
from skills.api.answers import (
    ChangesPage,
    JobRoleList,
    PersonCompetencies,
    SkillList,
    change_answer,
    competency_answer,
)
from skills.api.queries import ChangesQuery, StandingQuery
from skills.models import Requirement, Skill
from skills.services.changes import Position, competency_changes
from skills.services.gaps import person_gaps

NOBODY = "There is no person with this uuid."


class Skills(APIView):
    required_scopes = ("skills:read",)
    tag = "framework"

    @extend_schema(
        operation_id="skills_list",
        summary="Every skill with the words of its levels",
        description="In the order of the framework, withdrawn skills included.",
        responses={200: SkillList},
    )
    def get(self, request: Request) -> Response:
        skills = Skill.objects.select_related("domain").prefetch_related("levels")
        return Response(
            {
                "results": [
                    _skill(each) for each in skills.order_by("domain__position", "position", "pk")
                ]
            }
        )


class JobRoles(APIView):
    required_scopes = ("skills:read",)
    tag = "framework"

    @extend_schema(
        operation_id="job_roles_list",
        summary="Every job role with its requirements of today",
        description="A person's requirements are merged from all current positions and `employee`.",
        responses={200: JobRoleList},
    )
    def get(self, request: Request) -> Response:
        rows = Requirement.objects.valid_on(timezone.localdate()).select_related("skill")
        asked = Prefetch(
            "requirements",
            rows.order_by("skill__domain__position", "skill__position", "pk"),
            to_attr="asked",
        )
        roles = JobRole.objects.select_related("inherits").prefetch_related(asked)
        return Response({"results": [_job_role(each) for each in roles.order_by("slug")]})


class Competencies(APIView):
    """Where one person stands."""

    required_scopes = ("skills:read",)
    query_serializer = StandingQuery
    needs_content = True
    problems = {404: NOBODY}
    tag = "people"
    query: dict[str, Any]

    @extend_schema(
        operation_id="people_competencies",
        summary="One person's competencies, now or as of a day",
        description="Each skill that is required or has evidence. `as_of` says what was true, "
        "`known_at` what was known. The look is logged; the person can see it.",
        responses={200: PersonCompetencies},
    )
    def get(self, request: Request, uuid: UUID) -> Response:
        person = Person.objects.filter(uuid=uuid).first()
        if person is None:
            raise Http404(NOBODY)
        found = person_gaps(
            [person.pk],
            as_of=self.query.get("as_of"),
            known_at=self.query.get("known_at"),
            unrequired=True,
        )[person.pk]
        client = client_of(request.auth).name
        record_look(subject=person, what="Competencies (API)", client=client)
        answer = {
            "person": str(person.uuid),
            "as_of": found.as_of,
            "known_at": self.query.get("known_at"),
            "policy_version": found.policy_version,
            "results": [competency_answer(row) for row in found.rows],
        }
        return Response(answer)


class CompetencyChanges(APIView):
    required_scopes = ("skills:read",)
    query_serializer = ChangesQuery
    needs_content = True
    tag = "competencies"
    query: dict[str, Any]
    asked: Asked

    @extend_schema(
        operation_id="competencies_list",
        summary="Competencies that changed, for systems that keep a copy",
        description="In the order of `updated_at`. What time alone changed appears at midnight of "
        "the day, before the nightly job has stored it. Read pages by `next`; on the last page "
        "keep `resume` and ask it the next time. No change is missed; one of the last minute, of "
        "a run over several pages, or of a night may come twice, so store by person and skill.",
        responses={200: ChangesPage},
    )
    def get(self, request: Request) -> Response:
        changes = competency_changes(
            self.query["position"], limit=self.query["page_size"], began=self.query["began"]
        )
        if self.query["began"] is None:
            since = self.query["position"].at.isoformat(timespec="seconds")
            record_wide_look(
                scope=WHOLE_ORGANISATION.narrowed(f"changes since {since}"),
                what="Competencies (API)",
                client=client_of(request.auth).name,
            )
        further, resume = changes.next_after, None
        if further is None:
            resume = self._from(changes.resume_at, "resume")
        answer = {
            "results": [change_answer(each) for each in changes.rows],
            "next": further and self._from(further, "run", began=changes.began.isoformat()),
            "resume": resume,
        }
        return Response(answer)

    def _from(self, position: Position, of: str, **more: str) -> str:
        place: dict[str, str | int] = {"at": position.at.isoformat(), "id": position.id}
        cursor = encode_cursor({**place, **more}, of=of, asked=self.asked)
        return at_cursor(self.request.build_absolute_uri(), cursor)


def _skill(skill: Skill) -> dict[str, Any]:
    return {
        "skill": skill.slug,
        "name": skill.name,
        "domain": skill.domain.slug,
        "definition": skill.definition,
        "half_life_months": skill.half_life_months,
        "keystone": skill.keystone,
        "active": skill.is_active,
        "levels": [
            {"level": each.level, "descriptor": each.descriptor} for each in skill.levels.all()
        ],
    }


def _job_role(role: Any) -> dict[str, Any]:
    """A job role with its requirements of today prefetched as `asked`."""
    return {
        "job_role": role.slug,
        "name": role.name,
        "summary": role.summary,
        "inherits": role.inherits and role.inherits.slug,
        "active": role.is_active,
        "requirements": [
            {
                "skill": each.skill.slug,
                "level": each.level,
                "weight": each.weight,
                "valid_from": each.valid_from,
                "grace_until": each.grace_until,
            }
            for each in role.asked
        ],
    }

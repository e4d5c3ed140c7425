"""An organisation under the shipped framework, to be filled with people."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from accounts.models import JobRole, OrgUnit, Person
from operations.domain.framework_files import parse_framework
from operations.services.content import read_tree
from skills.models import Skill
from skills.services.framework import load_framework
from skills.services.ledger import record_evidence
from skills.services.role_requirements import load_requirements


@dataclass
class Staffing:
    """Puts people into units and gives them levels."""

    make_person: Callable[..., Person]
    make_position: Callable[..., Any]
    roles: dict[str, JobRole] = field(default_factory=dict)

    def add(
        self, unit: OrgUnit, number: int, *, role: str = "employee", **place: Any
    ) -> list[Person]:
        people = [self.make_person() for _ in range(number)]
        for person in people:
            self.make_position(person, unit=unit, job_role=self.roles[role], **place)
        return people

    def quiz(self, person: Person, slug: str) -> None:
        """Level 1 in a skill, by a test of ten days ago."""
        record_evidence(
            person=person,
            skill=Skill.objects.get(slug=slug),
            kind="quiz",
            level=1,
            top_level=1,
            item_count=8,
            issuer="tests",
            observed_on=timezone.localdate() - timedelta(days=10),
        )

    def assess(self, person: Person, slug: str) -> None:
        """Level 2 in a skill, by an adaptive assessment of today."""
        record_evidence(
            person=person,
            skill=Skill.objects.get(slug=slug),
            kind="adaptive_assessment",
            level=2,
            standard_error=0.3,
            issuer="tests",
            observed_on=timezone.localdate(),
        )


def load_shipped_framework() -> None:
    day = date(2024, 1, 1)
    content, problems = parse_framework(read_tree(Path(settings.CONTENT_DIR)), today=day)
    assert problems == []
    load_framework(content.framework, on=day)
    load_requirements(content.roles, on=day)

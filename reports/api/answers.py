"""What the gap endpoints answer: as the schema describes it, and made from rows."""

from typing import Any

from rest_framework import serializers

from reports.services.gap_report import ReportRow, gap_cells
from skills.enums import RequirementState, State

LEVEL: dict[str, Any] = {"min_value": 0, "max_value": 4}
UNMET = [RequirementState.SHORT, RequirementState.IN_GRACE, RequirementState.EXEMPT]


class GapAnswer(serializers.Serializer[Any]):
    """One unmet requirement."""

    job_role = serializers.CharField(help_text="The role that sets the level.")
    skill = serializers.CharField()
    weight = serializers.IntegerField(min_value=1, max_value=3)
    required_level = serializers.IntegerField(**LEVEL)
    verified_level = serializers.IntegerField(**LEVEL)
    claimed_level = serializers.IntegerField(**LEVEL, allow_null=True)
    shortfall = serializers.IntegerField(
        **LEVEL, help_text="Levels short; 0 where the requirement does not bind."
    )
    blocking = serializers.BooleanField()
    state = serializers.ChoiceField(choices=[each.value for each in State])
    requirement_state = serializers.ChoiceField(choices=[each.value for each in UNMET])
    due_on = serializers.DateField(
        allow_null=True,
        help_text="First day on which the verified level falls if nothing new arrives.",
    )
    until = serializers.DateField(
        allow_null=True, help_text="The last day of the exemption or of grace."
    )


class PersonGapsAnswer(serializers.Serializer[Any]):
    person = serializers.UUIDField()
    name = serializers.CharField()
    as_of = serializers.DateField()
    policy_version = serializers.CharField()
    gap = serializers.FloatField(
        allow_null=True, help_text="0 all met, 1 nothing evidenced; null: no requirement binds."
    )
    met = serializers.IntegerField()
    required_count = serializers.IntegerField(help_text="Requirements that bind.")
    blocking_count = serializers.IntegerField()
    rows = GapAnswer(many=True)


class Above(serializers.Serializer[Any]):
    uuid = serializers.UUIDField()
    external_id = serializers.CharField(allow_null=True)
    name = serializers.CharField()


class Place(serializers.Serializer[Any]):
    uuid = serializers.UUIDField()
    path = serializers.CharField()


class ReportRowAnswer(GapAnswer):
    """One unmet requirement of one person. A person counts in the unit of the main position."""

    person = serializers.UUIDField()
    external_id = serializers.CharField(allow_null=True)
    name = serializers.CharField()
    manager = Above(allow_null=True)
    unit = Place(allow_null=True)
    as_of = serializers.DateField()
    policy_version = serializers.CharField()


class GapsPage(serializers.Serializer[Any]):
    as_of = serializers.DateField()
    results = ReportRowAnswer(many=True)
    next = serializers.URLField(
        allow_null=True, help_text="The next page; null on the last. A page may be short."
    )


def report_answer(row: ReportRow) -> dict[str, Any]:
    """A row of the report as JSON."""
    above, unit = row.manager, row.unit
    return {
        "person": str(row.person),
        "external_id": row.external_id,
        "name": row.name,
        "manager": above and {**above._asdict(), "uuid": str(above.uuid)},
        "unit": unit and {"uuid": str(unit.uuid), "path": unit.path},
        **gap_cells(row.gap),
        "as_of": row.gap.as_of.isoformat(),
        "policy_version": row.policy_version,
    }

"""Evidence as the API shows it."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from rest_framework import serializers

from skills.enums import AiCondition
from skills.models import Evidence, EvidenceDates

PERSON = "person:"
ISSUER = "issuer:"
LEVEL: dict[str, Any] = {"min_value": 0, "max_value": 4}


class EvidenceAnswer(serializers.Serializer[Any]):
    """A row of the ledger with the dates that follow from it under `policy_version`."""

    uuid = serializers.UUIDField()
    person = serializers.UUIDField()
    skill = serializers.CharField()
    kind = serializers.CharField()
    level = serializers.IntegerField(**LEVEL)
    top_level = serializers.IntegerField(**LEVEL)
    observed_on = serializers.DateField()
    assessors = serializers.ListField(child=serializers.UUIDField())
    accepted_by = serializers.UUIDField(allow_null=True)
    marks = serializers.ListField(
        child=serializers.IntegerField(**LEVEL), help_text="In the order of `assessors`."
    )
    example = serializers.CharField(allow_null=True)
    example_on = serializers.DateField(allow_null=True)
    item_count = serializers.IntegerField(allow_null=True)
    standard_error = serializers.FloatField(allow_null=True)
    issuer = serializers.CharField(allow_null=True)
    ai_condition = serializers.ChoiceField(
        choices=[each.value for each in AiCondition], allow_null=True
    )
    expires_on = serializers.DateField(allow_null=True)
    routine = serializers.BooleanField()
    effect_beyond_team = serializers.BooleanField()
    source = serializers.ListField(  # type: ignore[assignment]
        child=serializers.CharField(), help_text="`person:<uuid>`, `bank:<slug>`, `issuer:<slug>`."
    )
    ceiling = serializers.IntegerField(
        **LEVEL, allow_null=True, help_text="Lowered when it was recorded; null: not lowered."
    )
    ceiling_reason = serializers.CharField(allow_null=True)
    ageing_on = serializers.DateField()
    stale_on = serializers.DateField(help_text="Counts one level lower from this day.")
    lapses_on = serializers.DateField(help_text="Counts as 0 from this day.")
    recorded_at = serializers.DateTimeField()
    recorded_by = serializers.CharField(help_text="`person:<uuid>`, `client:<name>` or `system`.")
    revoked_on = serializers.DateField(allow_null=True)
    policy_version = serializers.CharField()


class PersonEvidence(serializers.Serializer[Any]):
    person = serializers.UUIDField()
    results = EvidenceAnswer(many=True)


def loaded_evidence() -> QuerySet[Evidence]:
    """Rows with what an answer needs; two queries."""
    dates = EvidenceDates.objects.select_related("policy").order_by("pk")
    rows: QuerySet[Evidence] = Evidence.objects.select_related(
        "person", "skill", "kind", "accepted_by", "recorded_by", "revocation"
    ).prefetch_related(Prefetch("dates", dates))
    return rows


def evidence_answer(row: Evidence, *, as_recorded: bool = False) -> dict[str, Any]:
    """A loaded row. `as_recorded`: word for word what the first answer said, with the dates of
    the policy version of that time and before any revocation.
    """
    known = list(row.dates.all())
    dates = known[0] if as_recorded else max(known, key=lambda each: each.policy.is_current)
    revoked = None if as_recorded else getattr(row, "revocation", None)
    return {
        **_facts(row),
        "ageing_on": dates.ageing_on,
        "stale_on": dates.stale_on,
        "lapses_on": dates.lapses_on,
        "recorded_at": row.recorded_at,
        "recorded_by": _recorder(row),
        "revoked_on": revoked and revoked.revoked_on,
        "policy_version": dates.policy.version,
    }


def _facts(row: Evidence) -> dict[str, Any]:
    detail = row.detail
    return {
        "uuid": str(row.uuid),
        "person": str(row.person.uuid),
        "skill": row.skill.slug,
        "kind": row.kind.slug,
        "level": row.level,
        "top_level": row.top_level,
        "observed_on": row.observed_on,
        "assessors": _assessors(row),
        "accepted_by": row.accepted_by and str(row.accepted_by.uuid),
        "marks": detail.get("marks", []),
        "example": detail.get("example"),
        "example_on": detail.get("example_on"),
        "item_count": detail.get("item_count"),
        "standard_error": detail.get("standard_error"),
        "issuer": next(iter(_members(row, ISSUER)), None),
        "ai_condition": row.ai_condition or None,
        "expires_on": row.expires_on,
        "routine": row.routine,
        "effect_beyond_team": row.effect_beyond_team,
        "source": row.source,
        "ceiling": row.ceiling,
        "ceiling_reason": row.ceiling_reason or None,
    }


def _members(row: Evidence, prefix: str) -> list[str]:
    return [each.removeprefix(prefix) for each in row.source if each.startswith(prefix)]


def _assessors(row: Evidence) -> list[str]:
    """The people in the source but for the person: a self-report has no assessor.

    In the order of the row's marks (`skills.services.entry.Draft.detail`).
    """
    return [uuid for uuid in _members(row, PERSON) if uuid != str(row.person.uuid)]


def _recorder(row: Evidence) -> str:
    if row.recorded_by is not None:
        return f"{PERSON}{row.recorded_by.uuid}"
    return f"client:{row.recorded_by_client}" if row.recorded_by_client else "system"

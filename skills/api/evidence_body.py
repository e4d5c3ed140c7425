"""Evidence as HR's systems hand it in: read, checked as a whole, and turned into rows."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from accounts.models import Person
from skills.api.kinds import EVERY_KIND, needs_of
from skills.api.queries import DayField
from skills.enums import AiCondition
from skills.models import EvidenceKind, Skill
from skills.services.policy import published_policy

PERSON_HELP = "A person's uuid or external_id."
Errors = dict[str, list[ErrorDetail]]


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses fields it does not know: a misspelt one would be lost silently."""

    def to_internal_value(self, data: Any) -> Any:
        unknown = sorted(set(data) - set(self.fields)) if isinstance(data, dict) else []
        if unknown:
            raise serializers.ValidationError(
                {name: [ErrorDetail("There is no such field.", "unknown")] for name in unknown}
            )
        return super().to_internal_value(data)


class EvidenceBody(StrictSerializer):
    """One piece of evidence. What else a kind needs is required, what it does not use refused."""

    person = serializers.CharField(max_length=100, help_text=PERSON_HELP)
    skill = serializers.SlugField(max_length=60)
    kind = serializers.SlugField(max_length=60)
    level = serializers.IntegerField(min_value=0, max_value=4, help_text="What was shown.")
    top_level = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=4,
        help_text="What could have been shown; 4 if unsaid.",
    )
    observed_on = DayField(help_text="Not in the future.")
    assessors = serializers.ListField(
        required=False,
        min_length=1,
        max_length=10,
        child=serializers.CharField(max_length=100),
        help_text=f"Who marked, voted, observed or validated. {PERSON_HELP}",
    )
    accepted_by = serializers.CharField(
        required=False, max_length=100, help_text=f"The assessor of a credential. {PERSON_HELP}"
    )
    marks = serializers.ListField(
        required=False,
        min_length=1,
        max_length=3,
        child=serializers.IntegerField(min_value=0, max_value=4),
        help_text="One an assessor, in the same order; the votes of a panel.",
    )
    example = serializers.CharField(required=False, max_length=2000)
    example_on = DayField(required=False)
    item_count = serializers.IntegerField(required=False, min_value=1, max_value=1000)
    standard_error = serializers.FloatField(
        required=False, min_value=0, max_value=10, help_text="In logits."
    )
    issuer = serializers.SlugField(
        required=False, max_length=60, help_text="Who issued the credential or runs the test."
    )
    ai_condition = serializers.ChoiceField(
        required=False, choices=[each.value for each in AiCondition]
    )
    expires_on = DayField(required=False)
    routine = serializers.BooleanField(required=False, help_text="Of a workplace artefact.")
    effect_beyond_team = serializers.BooleanField(required=False, help_text="Of a panel.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Check the fields against the kind, and find whom and what they name.

        Raises NoPolicyPublished.
        """
        errors: Errors = {}
        if not EvidenceKind.objects.filter(slug=attrs["kind"]).exists():
            _add(errors, "kind", "unknown", "There is no such kind of evidence.")
        else:
            _check_fields(attrs, errors)
        skill = Skill.objects.filter(slug=attrs["skill"]).first()
        if skill is None:
            _add(errors, "skill", "unknown", "There is no such skill.")
        found = self._people(attrs, errors)
        if errors:
            published_policy()  # before content is loaded every name is unknown: not their fault
            raise serializers.ValidationError(errors)
        return {**attrs, **found, "skill": skill}

    def _people(self, attrs: dict[str, Any], errors: Errors) -> dict[str, Any]:
        assessors = attrs.get("assessors", [])
        single = [name for name in ("person", "accepted_by") if name in attrs]
        known = people_named([*assessors, *(attrs[name] for name in single)])
        for name in single:
            if attrs[name] not in known:
                _add(errors, name, "unknown", "There is no such person.")
        strangers = [name for name in assessors if name not in known]
        for name in strangers:
            _add(errors, "assessors", "unknown", f"There is no person {name!r}.")
        found: dict[str, Any] = {name: known.get(attrs[name]) for name in single}
        if assessors:
            found["assessors"] = [known[name] for name in assessors if name in known]
        return found


class RevocationBody(StrictSerializer):
    reason = serializers.CharField(max_length=500, help_text="Why the row was a mistake.")


def people_named(names: Iterable[str]) -> dict[str, Person]:
    """The people behind uuids or external ids, by what they were called; one query."""
    wanted = set(names)
    uuids = {name: uuid for name in wanted if (uuid := _uuid(name))}
    people = Person.objects.filter(Q(uuid__in=uuids.values()) | Q(external_id__in=wanted))
    by_uuid = {person.uuid: person for person in people}
    by_id = {person.external_id: person for person in people}
    named = {name: by_uuid.get(uuids.get(name)) or by_id.get(name) for name in wanted}
    return {name: person for name, person in named.items() if person is not None}


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _check_fields(attrs: dict[str, Any], errors: Errors) -> None:
    needs = needs_of(attrs["kind"])
    for name in sorted(needs.required - set(attrs)):
        _add(errors, name, "required", f"Evidence of the kind {attrs['kind']} needs {name}.")
    for name in sorted(set(attrs) - needs.allowed - EVERY_KIND):
        _add(errors, name, "not_used", f"Evidence of the kind {attrs['kind']} has no {name}.")


def _add(errors: Errors, field: str, code: str, detail: str) -> None:
    errors.setdefault(field, []).append(ErrorDetail(detail, code))


EXAMPLE = {
    "person": "A00042",
    "skill": "core-safe-data",
    "kind": "credential_knowledge",
    "level": 2,
    "observed_on": date(2026, 10, 2).isoformat(),
    "issuer": "example-certification",
    "expires_on": date(2028, 10, 2).isoformat(),
}

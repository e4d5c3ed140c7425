"""The query parameters of the gap endpoints."""

from datetime import date, timedelta
from typing import Any

from rest_framework import serializers

from accounts.exceptions import CursorUnreadable
from accounts.models import JobRole, OrgUnit
from accounts.services.cursors import decode_cursor
from skills.domain.calendar import OUTSIDE, within_calendar, written_in_full
from skills.enums import State
from skills.models import Skill

CURSOR_LIFE = timedelta(days=1)
PAGE_SIZE = 500


class DayField(serializers.DateField):
    """A day that is written YYYY-MM-DD and that the calculations take."""

    def to_internal_value(self, value: Any) -> date:
        if isinstance(value, str) and not written_in_full(value):
            self.fail("invalid", format="YYYY-MM-DD")
        day = super().to_internal_value(value)
        if not within_calendar(day):
            raise serializers.ValidationError(OUTSIDE, code="out_of_range")
        return day


class AsOfQuery(serializers.Serializer[Any]):
    as_of = DayField(
        required=False,
        help_text="What was true on this day (default: today). A day to come shows what will "
        "hold if nothing new arrives.",
    )


class GapsQuery(AsOfQuery):
    """Filters add up; a value that names nothing is refused, so none is empty unnoticed."""

    unit = serializers.UUIDField(
        required=False,
        help_text="People whose main position is in this unit or below it; see `units/`.",
    )
    job_role = serializers.SlugField(
        required=False, max_length=60, help_text="The job role that sets the level."
    )
    skill = serializers.SlugField(required=False, max_length=60)
    state = serializers.ChoiceField(
        required=False, choices=[each.value for each in State], help_text="The skill's state."
    )
    format = serializers.ChoiceField(
        required=False,
        choices=["json", "csv"],
        help_text="Goes before the `Accept` header. `csv` is the whole report in one answer.",
    )
    page_size = serializers.IntegerField(
        required=False,
        default=PAGE_SIZE,
        min_value=1,
        max_value=5000,
        help_text="About so many rows; a person is never split between pages.",
    )
    cursor = serializers.CharField(
        required=False, max_length=500, help_text="From `next`; keeps the first page's `as_of`."
    )

    def validate_unit(self, uuid: Any) -> Any:
        return _known(OrgUnit.objects.filter(uuid=uuid).first(), "unit")

    def validate_job_role(self, slug: str) -> str:
        _known(JobRole.objects.filter(slug=slug).first(), "job role")
        return slug

    def validate_skill(self, slug: str) -> str:
        _known(Skill.objects.filter(slug=slug).first(), "skill")
        return slug

    def validate_cursor(self, text: str) -> dict[str, Any]:
        try:
            return decode_cursor(text, of="gaps", asked=self.context["asked"], max_age=CURSOR_LIFE)
        except CursorUnreadable as error:
            raise serializers.ValidationError(str(error), code="cursor") from error


def _known(found: Any, what: str) -> Any:
    if found is None:
        raise serializers.ValidationError(f"There is no such {what}.", code="unknown")
    return found

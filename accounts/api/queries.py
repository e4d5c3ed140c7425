"""The query parameters of the people endpoints."""

from datetime import timedelta
from typing import Any

from rest_framework import serializers

from accounts.exceptions import CursorUnreadable
from accounts.services.cursors import decode_cursor

PAGE_SIZE = 200
CURSOR_LIFE = timedelta(days=1)


class PeopleQuery(serializers.Serializer[Any]):
    """Filters add up; without any, everybody is listed."""

    external_id = serializers.CharField(
        required=False, max_length=100, help_text="HR's key of one person, exactly."
    )
    email = serializers.CharField(
        required=False, max_length=254, help_text="The e-mail address, in any case of letters."
    )
    active = serializers.BooleanField(
        required=False,
        default=None,
        allow_null=True,
        help_text="Only active, or only former, people.",
    )
    unit = serializers.UUIDField(
        required=False,
        help_text="People with a current position in this unit or below it; see `units/`.",
    )
    job_role = serializers.SlugField(
        required=False, max_length=60, help_text="People with a current position in this job role."
    )
    page_size = serializers.IntegerField(
        required=False, default=PAGE_SIZE, min_value=1, max_value=1000
    )
    cursor = serializers.CharField(
        required=False, max_length=500, help_text="From `next` of the page before; good for a day."
    )

    def validate_cursor(self, text: str) -> dict[str, Any]:
        try:
            return decode_cursor(
                text, of="people", asked=self.context["asked"], max_age=CURSOR_LIFE
            )
        except CursorUnreadable as error:
            raise serializers.ValidationError(str(error), code="cursor") from error

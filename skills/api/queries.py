"""The query parameters of this app's endpoints."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.utils import timezone
from rest_framework import serializers

from accounts.exceptions import CursorUnreadable
from accounts.services.cursors import decode_cursor
from skills.domain.calendar import OUTSIDE, within_calendar, written_in_full
from skills.services.changes import Position

CURSOR_LIFE = timedelta(days=1)
PAGE_SIZE = 500
LOST_PLUS = re.compile(r"(:\d\d(?:\.\d+)?) (\d\d:\d\d)$")


class DayField(serializers.DateField):
    """A day that is written YYYY-MM-DD and that the calculations take."""

    def to_internal_value(self, value: Any) -> date:
        if isinstance(value, str) and not written_in_full(value):
            self.fail("invalid", format="YYYY-MM-DD")
        day = super().to_internal_value(value)
        if not within_calendar(day):
            raise serializers.ValidationError(OUTSIDE, code="out_of_range")
        return day


class MomentField(serializers.DateTimeField):
    """A moment on a day that the calculations take.

    The `+` of an offset reads as a space where an address was not quoted; it is put back.
    """

    def to_internal_value(self, value: Any) -> datetime:
        moment = super().to_internal_value(LOST_PLUS.sub(r"\1+\2", value))
        if not within_calendar(moment.date()):
            raise serializers.ValidationError(OUTSIDE, code="out_of_range")
        return moment


class StandingQuery(serializers.Serializer[Any]):
    as_of = DayField(
        required=False,
        help_text="What was true on this day (default: today). A day to come shows what will "
        "hold if nothing new arrives.",
    )
    known_at = MomentField(
        required=False,
        help_text="From what was recorded by then (default: now), revocations included.",
    )

    def validate_known_at(self, moment: datetime) -> datetime:
        if moment > timezone.now():
            raise serializers.ValidationError("This lies in the future.", code="future")
        return moment


class ChangesQuery(serializers.Serializer[Any]):
    updated_since = MomentField(
        required=False,
        help_text="Changes at or after this time; without it, every competency.",
    )
    page_size = serializers.IntegerField(
        required=False, default=PAGE_SIZE, min_value=1, max_value=2000
    )
    cursor = serializers.CharField(
        required=False, max_length=500, help_text="From `next` or `resume`; begins there instead."
    )

    def validate_cursor(self, text: str) -> dict[str, Any]:
        for list_, life in (("run", CURSOR_LIFE), ("resume", None)):
            try:
                found = decode_cursor(text, of=list_, asked=self.context["asked"], max_age=life)
            except CursorUnreadable:
                continue
            position = Position(datetime.fromisoformat(found["at"]), found["id"])
            began = datetime.fromisoformat(found["began"]) if list_ == "run" else None
            return {"position": position, "began": began}
        raise serializers.ValidationError(str(CursorUnreadable()), code="cursor")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Turn either way of saying where to begin into a position."""
        since = attrs.get("updated_since", datetime(1970, 1, 1, tzinfo=UTC))
        begin = {"position": Position(since, -1), "began": None}
        return {**attrs, **attrs.get("cursor", begin)}

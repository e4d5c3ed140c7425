"""How moments and activities are written on the pages about learning."""

from datetime import date, datetime, timedelta

from django import template
from django.urls import reverse
from django.utils import timezone

from skills.services.gaps import GapRow
from skills.services.wording import next_level_sentence

register = template.Library()

PAGES = {
    "curriculum": "courses:curriculum-detail",
    "lesson": "courses:lesson-detail",
    "check": "courses:skill-check",
}
WEEKDAY_ALONE = timedelta(days=6)  # further off, the name of the day could mean another week


@register.filter
def moment(value: datetime) -> str:
    """A moment to come: "today at 14:10", "on Tuesday at 14:10", "on 3 May 2027 at 14:10".

    A minute that has begun is the next one: what opens then is open when the clock says so.
    """
    whole = value.replace(second=0, microsecond=0)
    local = timezone.localtime(whole if whole == value else whole + timedelta(minutes=1))
    clock = f"{local:%H:%M}"
    away = local.date() - timezone.localdate()
    if not away:
        return f"today at {clock}"
    if timedelta() < away <= WEEKDAY_ALONE:
        return f"on {local:%A} at {clock}"
    return f"on {local.day} {local:%B %Y} at {clock}"


@register.filter
def takes(row: GapRow) -> str:
    """What it takes to hold the next level of a skill."""
    return next_level_sentence(row.verified_level, row.state)


@register.filter
def as_date(value: str) -> date:
    """The day that stored content names, as "2027-05-12"."""
    return date.fromisoformat(value)


@register.simple_tag
def activity_url(kind: str, slug: str) -> str:
    """Where a curriculum, a lesson or a check is done."""
    return reverse(PAGES[kind], args=[slug])

"""How figures, days, states and people are written on every page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import count
from types import MappingProxyType
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from lucide.templatetags.lucide import lucide

from skills.services.days import distance, written_day
from skills.services.scale import level_names

register = template.Library()

PERSON_COLOURS = 6
_ICONS_KEPT = 256
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Face:
    """How a state looks: `name` picks colours and glyph, `text` is what is read."""

    name: str
    text: str


FACES: Mapping[str, Face] = MappingProxyType(
    {
        "met": Face("met", "Met"),
        "below": Face("below", "Below"),
        "due": Face("due", "Due soon"),
        "stale": Face("stale", "Stale"),
        "review": Face("review", "Under review"),
        "none": Face("none", "No evidence"),
        "exempt": Face("exempt", "Exempt"),
        "in_grace": Face("grace", "In grace"),
        "not_required": Face("off", "Not required"),
        # the words of skills.enums.State and RequirementState
        "current": Face("met", "Current"),
        "ageing": Face("due", "Due soon"),
        "under_review": Face("review", "Under review"),
        "not_evidenced": Face("none", "No evidence"),
        "lapsed": Face("lapsed", "Lapsed"),
        "short": Face("below", "Below"),
        "blocking": Face("below", "Below, blocking"),
        # the words of jobs.enums.JobState
        "queued": Face("none", "Waiting"),
        "running": Face("due", "Running"),
        "done": Face("met", "Done"),
        "failed": Face("below", "Failed"),
    }
)
UNKNOWN = Face("off", "Unknown")


@register.filter
def state_face(state: object) -> Face:
    """Return the face of a state's word."""
    return FACES.get(str(state), UNKNOWN)


@register.simple_tag
@lru_cache(maxsize=_ICONS_KEPT)
def state_glyph(name: str) -> SafeString:
    """Draw a state's shape (a face's `name`); cheap enough for each cell of a matrix."""
    return format_html('<svg class="glyph" aria-hidden="true"><use href="#glyph-{}"/></svg>', name)


@register.simple_tag
def icon(name: str, size: str | int) -> SafeString:
    """Draw a lucide icon, hidden from screen readers."""
    return _drawn_icon(str(name), int(size))


@lru_cache(maxsize=_ICONS_KEPT)
def _drawn_icon(name: str, size: int) -> SafeString:
    attributes = {"class": "icon", "aria_hidden": "true", "focusable": "false"}
    return mark_safe(lucide(name, size=size, **attributes))


@register.filter
def level_name(level: int | None) -> str:
    """0 to 4 by name; an em dash where there is no level."""
    return level_names()[level] if level is not None else "—"


@register.filter
def level_text(level: int | None) -> str:
    """ "2 Practising": the figure and its name."""
    return f"{level} {level_names()[level]}" if level is not None else "—"


@register.filter
def as_day(value: date | datetime | None) -> date | None:
    """The calendar day of a date or a moment, in the organisation's time zone."""
    if isinstance(value, datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value


@register.filter
def long_date(value: date | datetime | None) -> str:
    """12 May 2027."""
    day = as_day(value)
    return written_day(day) if day else "—"


@register.filter
def due_in(value: date | datetime | None) -> str:
    """How far a day is from today, in words: "in 6 months", "today", "12 days ago"."""
    day = as_day(value)
    return distance(day, timezone.localdate()) if day else ""


@register.filter
def iso_day(value: date | datetime | None) -> str:
    """The value of a <time datetime> attribute."""
    day = as_day(value)
    return day.isoformat() if day else ""


@register.filter
def plural(number: int, noun: str) -> str:
    """ "1 person", "3 lessons": give "person,people" where an s is not enough."""
    one, _, many = noun.partition(",")
    return f"{number:,} {one if number == 1 else many or one + 's'}"


@register.filter
def percent(part: int | None, whole: int | None) -> str:
    """Share of a whole in per cent; "—" where there is nothing to share. 100% only for all."""
    if part is None or not whole:
        return "—"
    share = round(100 * part / whole)
    if share == 100 and part < whole:
        share = 99
    return f"{share or (1 if part else 0)}%"


@register.simple_tag
def of_people(
    part: int, whole: int, verb: str = "meet,meets", rest: str = "the requirement"
) -> str:
    """ "18 of 24 people meet the requirement (75%)"; `verb` is "many,one"."""
    people = "person" if whole == 1 else "people"
    many, _, one = verb.partition(",")
    does = (one or many) if part == 1 else many
    return f"{part:,} of {whole:,} {people} {does} {rest} ({percent(part, whole)})"


@register.filter
def minutes(value: int | None) -> str:
    """ "25 min", "1 h 20 min"."""
    if value is None:
        return "—"
    hours, rest = divmod(value, 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest} min" if rest else f"{hours} h"


@register.filter
def initials(name: str) -> str:
    """First letters of the first and the last word of a name."""
    words = [word for word in str(name).split() if word[0].isalnum()]
    return (
        "".join(word[0] for word in dict.fromkeys((words[0], words[-1]))).upper() if words else "?"
    )


@register.filter
def person_colour(name: str) -> int:
    """A number from 0 to 5 that stays the same for a name."""
    return sum(ord(letter) for letter in str(name)) % PERSON_COLOURS


@register.simple_tag
def unique_id(prefix: str) -> str:
    """An id no other element of the page has."""
    return f"{prefix}-{next(_numbers)}"


@dataclass(frozen=True, slots=True)
class Paging:
    """What the page links show; `numbers` holds None where pages are left out."""

    number: int
    pages: int
    count: int
    numbers: list[int | None]

    @property
    def previous(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        return self.number + 1 if self.number < self.pages else None


@register.simple_tag
def paging(page: Any = "", number: Any = 1, pages: Any = 1, total: Any = 0) -> Paging:
    """Return page links for a Django Page, or for the three figures where there is none."""
    if page:
        number, pages, total = page.number, page.paginator.num_pages, page.paginator.count
    number, pages, total = int(number), int(pages), int(total)
    near = {1, pages, number - 1, number, number + 1}
    shown: list[int | None] = []
    for n in sorted(n for n in near if 1 <= n <= pages):
        if shown and shown[-1] is not None and n - shown[-1] > 1:
            shown.append(None)
        shown.append(n)
    return Paging(number, pages, total, shown)

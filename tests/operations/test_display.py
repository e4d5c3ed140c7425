"""How figures, days, states and people are written."""

from datetime import UTC, date, datetime
from time import monotonic
from typing import Any

import pytest
import time_machine
from django.core.paginator import Paginator
from django.template import Context, Template

from jobs.enums import JobState
from operations.templatetags import display
from skills.enums import RequirementState, State
from skills.models import ScaleLevel
from skills.services import scale

TODAY = "2026-11-22 12:00Z"


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 11, 22), "today"),
        (date(2026, 11, 23), "tomorrow"),
        (date(2026, 11, 21), "yesterday"),
        (date(2026, 12, 4), "in 12 days"),
        (date(2027, 5, 12), "in 6 months"),
        (date(2026, 9, 1), "3 months ago"),
        (date(2030, 11, 1), "in 4 years"),
        (None, ""),
    ],
)
@time_machine.travel(TODAY, tick=False)
def test_distance_of_a_day_is_said_in_words(day: date | None, words: str) -> None:
    assert display.due_in(day) == words


def test_day_of_a_moment_is_the_day_of_the_organisation(settings: Any) -> None:
    settings.TIME_ZONE = "Pacific/Auckland"
    assert display.long_date(datetime(2026, 11, 21, 20, 0, tzinfo=UTC)) == "22 November 2026"


def test_dates_are_written_out() -> None:
    assert display.long_date(date(2027, 5, 12)) == "12 May 2027"
    assert display.long_date(None) == "—"
    assert display.iso_day(date(2027, 5, 12)) == "2027-05-12"


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (18, 24, "75%"),
        (0, 5, "0%"),
        (999, 1000, "99%"),
        (1, 1000, "1%"),
        (0, 0, "—"),
        (7, 7, "100%"),
    ],
)
def test_share_is_rounded_but_all_and_none_are_never_rounded_to(
    part: int, whole: int, text: str
) -> None:
    assert display.percent(part, whole) == text


def test_share_names_its_denominator() -> None:
    assert display.of_people(18, 24) == "18 of 24 people meet the requirement (75%)"
    assert display.of_people(1, 1) == "1 of 1 person meets the requirement (100%)"


def test_plural_forms() -> None:
    assert display.plural(1, "person,people") == "1 person"
    assert display.plural(1240, "person,people") == "1,240 people"
    assert display.plural(0, "lesson") == "0 lessons"


@pytest.mark.parametrize(("value", "text"), [(25, "25 min"), (60, "1 h"), (80, "1 h 20 min")])
def test_minutes_are_read_as_hours(value: int, text: str) -> None:
    assert display.minutes(value) == text


def test_levels_have_names(db: None) -> None:
    assert display.level_text(2) == "2 Practising"
    assert display.level_name(0) == "Not evidenced"
    assert display.level_name(None) == "—"


def test_levels_are_named_as_the_framework_says_and_asked_for_once(
    db: None, django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ScaleLevel.objects.create(level=0, name="Nothing yet", descriptor="x")
    with django_assert_num_queries(1):
        assert display.level_text(0) == "0 Nothing yet"
        assert display.level_name(0) == "Nothing yet"
    ScaleLevel.objects.update(name="Blank")
    later = monotonic() + scale.KEPT_SECONDS
    monkeypatch.setattr(scale, "monotonic", lambda: later)
    assert display.level_name(0) == "Blank"


@pytest.mark.parametrize(
    ("name", "letters"), [("Asha Rao", "AR"), ("Wanjiru", "W"), ("Ana de la Cruz", "AC"), ("", "?")]
)
def test_initials(name: str, letters: str) -> None:
    assert display.initials(name) == letters


@pytest.mark.parametrize("word", [*State, *RequirementState, *JobState])
def test_every_state_has_a_face(word: str) -> None:
    assert display.state_face(word) is not display.UNKNOWN


def test_unknown_state_says_so() -> None:
    assert display.state_face("strange").text == "Unknown"


def test_page_links_keep_first_last_and_neighbours() -> None:
    nav = display.paging(Paginator(range(310), 25).get_page(6))
    assert nav.numbers == [1, None, 5, 6, 7, None, 13]
    assert (nav.previous, nav.next, nav.count) == (5, 7, 310)


def test_page_links_from_figures() -> None:
    nav = display.paging("", 1, 1, 7)
    assert (nav.numbers, nav.previous, nav.next) == ([1], None, None)


def test_ids_are_unique() -> None:
    html = Template("{% load display %}{% unique_id 'x' %} {% unique_id 'x' %}").render(Context())
    one, other = html.split()
    assert one != other

"""What is logged of looks, what people read of it, and when a look again is the same look."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import services
from accounts.models import OrgUnit, Person, RecordAccess

SignIn = Callable[[Person], Client]
Clock = time_machine.Traveller
PEOPLE, LOG = "/people/", "/who-looked/"


@pytest.fixture
def clock() -> Iterator[Clock]:
    with time_machine.travel("2026-11-22 10:00:00Z", tick=False) as clock:
        yield clock


def profile_url(person: Person) -> str:
    return reverse("accounts:profile", args=[person.uuid])


def logged() -> list[tuple[str, str]]:
    """Each look in its order: whom it names, or else the scope, and the page."""
    looks = RecordAccess.objects.order_by("id").select_related("subject")
    return [(look.subject.name if look.subject else look.scope, look.what) for look in looks]


@pytest.mark.parametrize(
    ("viewer", "query", "scope"),
    [
        ("hr", {}, "the whole organisation"),
        ("auditor", {"show": "inactive"}, "the whole organisation, not active"),
        ("hr", {"unit": "Top"}, "the unit Top"),
        ("manager", {}, "the whole line of Mara Manager"),
        ("manager", {"unit": "Top"}, "the whole line of Mara Manager, Top"),
    ],
)
def test_person_list_is_one_look_at_all_whom_its_filters_let_through(
    organisation: Any, sign_in: SignIn, make_unit: Any, place: Any,
    viewer: str, query: dict[str, str], scope: str,
) -> None:  # fmt: skip
    place(organisation.person, "Top", "clerk")
    if "unit" in query:
        query = {"unit": str(OrgUnit.objects.get(name=query["unit"]).uuid)}
    sign_in(organisation.named(viewer)).get(PEOPLE, query)
    assert logged() == [(scope, "People")]
    told = f'<td data-label="Of whom">{scope[0].upper()}{scope[1:]}</td>'
    assert told in sign_in(organisation.person).get(LOG).text


@pytest.mark.parametrize("viewer", ["hr", "manager"])
def test_a_search_tells_those_it_shows_and_nobody_what_was_typed(
    organisation: Any, sign_in: SignIn, viewer: str
) -> None:
    client = sign_in(organisation.named(viewer))
    for typed in ("petr", "petra", "petra p"):
        client.get(PEOPLE, {"q": typed})
    assert logged() == [("Petra Person", "People")]
    assert '<td data-label="Of whom">You</td>' in sign_in(organisation.person).get(LOG).text
    assert "Nobody looked" in sign_in(organisation.colleague).get(LOG).text


def test_person_list_with_nobody_else_on_it_is_no_look(organisation: Any, sign_in: SignIn) -> None:
    sign_in(organisation.stranger).get(reverse("accounts:person-list"))
    sign_in(organisation.hr).get(reverse("accounts:person-list"), {"q": "no such person"})
    assert not RecordAccess.objects.exists()


def test_going_on_in_the_same_list_is_the_same_look(
    organisation: Any, sign_in: SignIn, clock: Clock
) -> None:
    client = sign_in(organisation.hr)
    for query in ({}, {"page": "2"}, {"sort": "email"}, {}):
        client.get(PEOPLE, query)
        clock.shift(timedelta(minutes=2))
    assert logged() == [("the whole organisation", "People")]


@pytest.mark.parametrize(
    ("viewer", "query"), [("auditor", {}), ("hr", {"show": "inactive"}), ("hr", {"q": "colin"})]
)
def test_another_viewer_and_other_people_are_another_look(
    organisation: Any, sign_in: SignIn, clock: Clock, viewer: str, query: dict[str, str]
) -> None:
    sign_in(organisation.hr).get(PEOPLE)
    sign_in(organisation.named(viewer)).get(PEOPLE, query)
    assert RecordAccess.objects.count() == 2


def test_the_same_people_on_another_page_are_another_look(organisation: Any) -> None:
    for what in ("People", "Team matrix", "People"):
        services.record_wide_look(
            scope=services.WHOLE_ORGANISATION, what=what, viewer=organisation.hr
        )
    assert [what for _, what in logged()] == ["People", "Team matrix"]


@pytest.mark.parametrize("query", [{}, {"q": "petra"}])
def test_after_ten_minutes_it_is_another_look(
    organisation: Any, sign_in: SignIn, clock: Clock, query: dict[str, str]
) -> None:
    client = sign_in(organisation.hr)
    client.get(PEOPLE, query)
    clock.shift(timedelta(minutes=10))
    client.get(PEOPLE, query)
    assert RecordAccess.objects.count() == 2


def test_who_comes_into_the_list_meanwhile_is_told_of_the_next_look(
    organisation: Any, sign_in: SignIn, clock: Clock
) -> None:
    client = sign_in(organisation.manager)
    client.get(PEOPLE)
    clock.shift(timedelta(minutes=1))
    services.move_person(organisation.stranger, manager=organisation.manager)
    clock.shift(timedelta(minutes=1))
    client.get(PEOPLE)
    seen = RecordAccess.objects.covering(organisation.stranger, since=timezone.now() - timedelta(9))
    assert seen.get().at == timezone.now()


def test_after_midnight_it_is_another_look_for_positions_begin_with_the_day(
    organisation: Any, sign_in: SignIn, clock: Clock
) -> None:
    client = sign_in(organisation.hr)
    clock.move_to("2026-11-22 23:58:00Z")
    client.get(PEOPLE)
    clock.move_to("2026-11-23 00:01:00Z")
    client.get(PEOPLE)
    assert RecordAccess.objects.count() == 2


def test_each_time_a_record_is_opened_is_a_look(organisation: Any, sign_in: SignIn) -> None:
    client = sign_in(organisation.hr)
    for _ in range(2):
        client.get(profile_url(organisation.person))
    assert logged() == [("Petra Person", "Profile")] * 2


def test_access_log_lists_every_look_that_covered_the_person(
    organisation: Any, sign_in: SignIn, make_unit: Any, place: Any
) -> None:
    me, boss, hr = organisation.person, organisation.manager, organisation.hr
    top = make_unit("Top")
    OrgUnit.objects.add_child(top, {"name": "Below"})
    place(me, "Below", "role")
    elsewhere = make_unit("Elsewhere")
    look = services.record_wide_look
    services.record_look(viewer=hr, subject=me, what="seen profile")
    services.record_look(client="HRIS", subject=me, what="seen competencies")
    services.record_look(viewer=hr, subject=organisation.colleague, what="other profile")
    look(viewer=hr, scope=services.WHOLE_ORGANISATION, what="seen export")
    look(viewer=organisation.head, scope=services.line_scope(organisation.head), what="seen line")
    look(viewer=boss, scope=services.reports_scope(boss), what="seen reports")
    look(viewer=hr, scope=services.reports_scope(organisation.head), what="other reports")
    look(viewer=hr, scope=services.line_scope(me), what="other line, my own reports")
    look(viewer=hr, scope=services.line_scope(organisation.stranger), what="other line")
    look(client="HRIS", scope=services.unit_scope(top).narrowed("role x"), what="seen unit")
    look(viewer=hr, scope=services.unit_scope(elsewhere), what="other unit")
    look(viewer=me, scope=services.WHOLE_ORGANISATION, what="other, my own")
    page = sign_in(me).get(reverse("accounts:access-log"))
    seen = [each.what for each in page.context["page"]]
    assert seen == [
        "seen unit", "seen reports", "seen line",
        "seen export", "seen competencies", "seen profile",
    ]  # fmt: skip
    assert "The unit Top, role x" in page.text
    assert "HRIS (a connected system)" in page.text
    assert "seen line" in sign_in(me).get(profile_url(me)).text


def test_access_log_goes_back_ninety_days_in_pages(organisation: Any, sign_in: SignIn) -> None:
    for _ in range(60):
        services.record_look(viewer=organisation.hr, subject=organisation.person, what="Profile")
    old = RecordAccess.objects.first()
    assert old is not None
    RecordAccess.objects.filter(pk=old.pk).update(at=timezone.now() - timedelta(days=91))
    client = sign_in(organisation.person)
    first = client.get(reverse("accounts:access-log"))
    assert len(first.context["page"].object_list) == 50
    second = client.get(reverse("accounts:access-log"), {"page": 2})
    assert len(second.context["page"].object_list) == 9


def test_access_log_without_looks_says_so(organisation: Any, sign_in: SignIn) -> None:
    page = sign_in(organisation.person).get(reverse("accounts:access-log")).text
    assert "Nobody looked" in page
    assert "Nobody in the last 90 days" in (
        sign_in(organisation.person).get(profile_url(organisation.person)).text
    )


def test_looking_at_oneself_is_not_logged(organisation: Any) -> None:
    look = services.record_look(
        viewer=organisation.person, subject=organisation.person, what="Profile"
    )
    assert look is None
    assert not RecordAccess.objects.exists()


def test_a_look_is_taken_by_a_person_or_a_client(organisation: Any) -> None:
    with pytest.raises(TypeError):
        services.record_look(subject=organisation.person, what="Profile")
    with pytest.raises(TypeError):
        services.record_wide_look(
            scope=services.WHOLE_ORGANISATION, what="x", viewer=organisation.hr, client="HRIS"
        )


@pytest.fixture
def looks(organisation: Any, clock: Clock) -> None:
    """HR, a connected system and the manager looked at the person 60, 20 and 2 days ago."""
    now = timezone.now()
    for days, by in (
        (60, {"viewer": organisation.hr}),
        (20, {"client": "HRIS"}),
        (2, {"viewer": organisation.manager}),
    ):
        clock.move_to(now - timedelta(days=days))
        services.record_look(subject=organisation.person, what=f"{days} days ago", **by)
    clock.move_to(now)


@pytest.mark.usefixtures("looks")
@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ({}, [2, 20, 60]),
        ({"days": "30"}, [2, 20]),
        ({"days": "7"}, [2]),
        ({"days": "nonsense", "who": "nobody"}, [2, 20, 60]),
        ({"who": "system:HRIS"}, [20]),
        ({"who": "Hanna"}, [60]),
        ({"who": "Hanna", "days": "7"}, []),
    ],
)
def test_access_log_is_narrowed_by_who_looked_and_when(
    organisation: Any, sign_in: SignIn, query: dict[str, str], seen: list[int]
) -> None:
    if query.get("who") == "Hanna":
        query = query | {"who": f"person:{organisation.hr.uuid}"}
    page = sign_in(organisation.person).get(LOG, query)
    assert [look.what for look in page.context["page"]] == [f"{days} days ago" for days in seen]
    assert "HRIS (a connected system)</option>" in page.text
    assert ("Show all looks" in page.text) == (not seen)

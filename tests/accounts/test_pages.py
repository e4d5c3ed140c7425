"""The people list, profiles and the log of looks, tried by everybody who may come along."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import services
from accounts.enums import Group
from accounts.models import OrgUnit, Person, RecordAccess

NAMES = (
    "Head Hardy", "Mara Manager", "Petra Person", "Colin Colleague", "Stefan Stranger",
    "Hanna Resources", "Audra Auditor", "Adam Admin",
)  # fmt: skip
SignIn = Callable[[Person], Client]


def profile_url(person: Person) -> str:
    return reverse("accounts:profile", args=[person.uuid])


def page_links(page: str, url: str) -> int:
    return page.count(f'href="{url}"')


@pytest.mark.parametrize(
    ("viewer", "status"),
    [
        ("person", 200),
        ("manager", 200),
        ("head", 200),
        ("hr", 200),
        ("auditor", 200),
        ("colleague", 403),
        ("stranger", 403),
        ("admin", 403),
    ],
)
def test_profile_opens_to_the_line_hr_and_auditors_only(
    organisation: Any, sign_in: SignIn, viewer: str, status: int
) -> None:
    response = sign_in(organisation.named(viewer)).get(profile_url(organisation.person))
    assert response.status_code == status
    looks = RecordAccess.objects.filter(subject=organisation.person)
    expected = [] if status == 403 or viewer == "person" else [viewer]
    assert [look.actor for look in looks] == [organisation.named(name) for name in expected]


@pytest.mark.parametrize("name", ["person-list", "access-log", "email-address"])
def test_pages_send_the_anonymous_to_sign_in(client: Client, db: None, name: str) -> None:
    response = client.get(reverse(f"accounts:{name}"))
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


def test_profile_sends_the_anonymous_and_the_deactivated_to_sign_in(
    client: Client, organisation: Any, sign_in: SignIn
) -> None:
    assert client.get(profile_url(organisation.person)).status_code == 302
    signed_in = sign_in(organisation.hr)
    services.deactivate_person(organisation.hr)
    assert signed_in.get(profile_url(organisation.person)).status_code == 302


def test_profile_of_nobody_is_not_found(organisation: Any, sign_in: SignIn) -> None:
    url = reverse("accounts:profile", args=["00000000-0000-4000-8000-000000000000"])
    assert sign_in(organisation.hr).get(url).status_code == 404


def test_profile_shows_current_and_coming_positions_with_the_units_above(
    organisation: Any, sign_in: SignIn, make_unit: Any, place: Any
) -> None:
    today = timezone.localdate()
    top = make_unit("Operations")
    OrgUnit.objects.add_child(top, {"name": "Networks"})
    place(organisation.person, "Networks", "network-engineer", share=Decimal("0.125"))
    place(
        organisation.person,
        "Old unit",
        "old-role",
        share=Decimal("0.5"),
        ends_on=today - timedelta(1),
    )
    place(
        organisation.person,
        "New unit",
        "new-role",
        share=Decimal("0.5"),
        starts_on=today + timedelta(9),
    )
    page = sign_in(organisation.person).get(profile_url(organisation.person)).text
    assert "Operations / Networks" in page
    assert "12.5%" in page
    assert "New unit" in page
    assert "Old unit" not in page


def test_profile_links_the_manager_only_to_those_who_may_look_there(
    organisation: Any, sign_in: SignIn
) -> None:
    url = profile_url(organisation.manager)
    own = sign_in(organisation.person).get(profile_url(organisation.person)).text
    assert "Mara Manager" in own
    assert url not in own
    assert url in sign_in(organisation.head).get(profile_url(organisation.person)).text


@pytest.mark.parametrize(
    ("viewer", "subject", "labels"),
    [
        ("hr", "person", ["Skills", "Assign", "Learning record"]),
        ("hr", "manager", ["Skills", "Team", "Assign", "Learning record"]),
        ("head", "manager", ["Skills", "Team", "Assign", "Learning record"]),
        ("auditor", "manager", ["Skills", "Team", "Learning record"]),
        ("hr", "former_hr", ["Skills", "Learning record"]),
        ("manager", "manager", ["My skills", "Learning record"]),
    ],
)
def test_profile_leads_on_to_what_the_viewer_may_do(
    organisation: Any, sign_in: SignIn, viewer: str, subject: str, labels: list[str]
) -> None:
    client = sign_in(organisation.named(viewer))
    page = client.get(profile_url(organisation.named(subject))).text
    actions = page.partition('class="page-actions">')[2].partition("</div>")[0]
    links = re.findall(r'href="([^"]+)">([^<]+)</a>', actions)
    assert [label for _, label in links] == labels
    for url, _ in links:
        assert client.get(url).status_code in (200, 503)  # 503: no framework is loaded


@pytest.mark.parametrize(
    ("viewer", "shown"),
    [("hr", True), ("auditor", False), ("manager", False), ("person", False)],
)
def test_only_hr_sees_the_invitation(
    organisation: Any, sign_in: SignIn, viewer: str, shown: bool
) -> None:
    page = sign_in(organisation.named(viewer)).get(profile_url(organisation.person)).text
    assert (reverse("accounts:invitation-create", args=[organisation.person.uuid]) in page) == shown


@pytest.mark.parametrize(
    ("viewer", "names"),
    [
        ("person", {"Petra Person"}),
        ("manager", {"Mara Manager", "Petra Person", "Colin Colleague"}),
        ("admin", {"Adam Admin"}),
    ],
)
def test_person_list_holds_oneself_and_ones_line(
    organisation: Any, sign_in: SignIn, viewer: str, names: set[str]
) -> None:
    response = sign_in(organisation.named(viewer)).get(reverse("accounts:person-list"))
    assert {row.person.name for row in response.context["rows"]} == names


@pytest.mark.parametrize("viewer", ["hr", "auditor"])
def test_person_list_holds_everybody_active_for_hr_and_auditors(
    organisation: Any, sign_in: SignIn, viewer: str
) -> None:
    response = sign_in(organisation.named(viewer)).get(reverse("accounts:person-list"))
    assert response.context["page"].paginator.count == Person.objects.active().count() == 8


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("q=PETRA", {"Petra Person"}),
        ("q=petra+person", {"Petra Person"}),
        ("q=petra+colin", set()),
        ("q=core+net", {"Petra Person"}),
        ("q=net+engineer", {"Petra Person"}),
        ("q=past", set()),
        ("q=colleague@", {"Colin Colleague"}),
        ("q=E-COLIN", {"Colin Colleague"}),
        ("q=%20%27%25", set()),
        ("q=%00petra", set(NAMES)),  # no text at all, so no search
        ("q=fred", set()),
        ("q=fred&show=inactive", {"Fred Former"}),
        ("q=fred&show=all", {"Fred Former"}),
        ("q=fred&show=nonsense", set()),
    ],
)
def test_person_list_finds_by_name_mail_key_unit_and_role(
    organisation: Any, sign_in: SignIn, place: Any, query: str, names: set[str]
) -> None:
    services.update_person(
        organisation.colleague, email="Colleague@example.org", external_id="E-Colin"
    )
    place(organisation.person, "Core Networks", "engineer", share=Decimal("0.5"))
    place(
        organisation.person, "Past Unit", "clerk", ends_on=timezone.localdate() - timedelta(days=1)
    )
    response = sign_in(organisation.hr).get(reverse("accounts:person-list") + "?" + query)
    assert {row.person.name for row in response.context["rows"]} == names
    assert ("Nobody matches" in response.text) == (not names)


def test_person_list_sorts_and_pages(
    organisation: Any, sign_in: SignIn, make_person: Callable[..., Person]
) -> None:
    for number in range(60):
        make_person(f"Report {number:02d}", manager=organisation.head, email=f"{99 - number}@x.org")
    client = sign_in(organisation.head)
    url = reverse("accounts:person-list")
    first = client.get(url, {"q": "report", "sort": "email"})
    assert [row.person.name for row in first.context["rows"]][:2] == ["Report 59", "Report 58"]
    assert len(first.context["rows"]) == 50
    second = client.get(url, {"q": "report", "page": "2"})
    assert second.context["rows"][0].person.name == "Report 50"
    assert "q=report" in second.text
    assert client.get(url, {"page": "99999"}).status_code == 200
    by_manager = client.get(url, {"sort": "manager", "q": "colin"})
    assert by_manager.status_code == 200


def test_person_list_takes_the_same_queries_for_one_person_and_for_fifty(
    organisation: Any,
    sign_in: SignIn,
    place: Any,
    make_person: Callable[..., Person],
    django_assert_num_queries: Any,
) -> None:
    place(organisation.person, "Unit A", "role")
    client = sign_in(organisation.manager)
    url = reverse("accounts:person-list")
    client.get(url)
    with django_assert_num_queries(9):
        client.get(url)
    for number in range(60):
        place(make_person(manager=organisation.person), f"Unit {number % 7}", "role")
    client.get(url)
    with django_assert_num_queries(9):
        client.get(url)


def test_person_list_of_a_unit_holds_those_whose_main_position_is_there_or_below(
    organisation: Any, sign_in: SignIn, place: Any, make_unit: Any
) -> None:
    here = make_unit("Here")
    OrgUnit.objects.add_child(here, {"name": "Below"})
    place(organisation.person, "Here", "engineer", share=Decimal("0.6"))
    place(organisation.person, "Elsewhere", "engineer", share=Decimal("0.4"))
    place(organisation.colleague, "Here", "engineer", share=Decimal("0.4"))
    place(organisation.colleague, "Elsewhere", "engineer", share=Decimal("0.6"))
    place(organisation.stranger, "Below", "engineer")
    client, url = sign_in(organisation.hr), reverse("accounts:person-list")
    page = client.get(url, {"unit": str(here.uuid), "q": "e"})
    assert {row.person for row in page.context["rows"]} == {
        organisation.person,
        organisation.stranger,
    }
    assert "In <strong>Here</strong> and below it" in page.text
    assert f'name="unit" value="{here.uuid}"' in page.text
    assert '<a href="?q=e">Show all units</a>' in page.text


@pytest.mark.parametrize("unit", ["", "no-uuid", "00000000-0000-4000-8000-000000000000"])
def test_person_list_of_an_unknown_unit_is_the_whole_list(
    organisation: Any, sign_in: SignIn, unit: str
) -> None:
    page = sign_in(organisation.hr).get(reverse("accounts:person-list"), {"unit": unit})
    assert page.context["page"].paginator.count == 8
    assert "Show all units" not in page.text


def test_person_list_has_one_line_a_position_the_largest_first_and_what_lies_above_once(
    organisation: Any, sign_in: SignIn, place: Any, make_unit: Any
) -> None:
    top = make_unit("Operations")
    for name in ("Lab", "Networks"):
        OrgUnit.objects.add_child(OrgUnit.objects.get(pk=top.pk), {"name": name})
    place(organisation.person, "Lab", "clerk", share=Decimal("0.4"))
    place(organisation.person, "Networks", "engineer", share=Decimal("0.6"))
    page = sign_in(organisation.hr).get(reverse("accounts:person-list"), {"q": "petra"}).text
    lines = "<div>Engineer, Networks</div><div>Clerk, Lab</div>"
    assert f'{lines}<div class="quiet small">Operations</div></td>' in page


def test_person_list_links_managers_to_those_who_may_look_there(
    organisation: Any, sign_in: SignIn
) -> None:
    url, manager = reverse("accounts:person-list"), profile_url(organisation.manager)
    assert page_links(sign_in(organisation.hr).get(url, {"q": "petra"}).text, manager) == 1
    assert page_links(sign_in(organisation.person).get(url).text, manager) == 0


def test_profile_takes_a_fixed_number_of_queries(
    organisation: Any, sign_in: SignIn, place: Any, django_assert_num_queries: Any
) -> None:
    place(organisation.person, "Unit A", "role", share=Decimal("0.5"))
    place(organisation.person, "Unit B", "role", share=Decimal("0.5"))
    client = sign_in(organisation.hr)
    client.get(profile_url(organisation.person))
    with django_assert_num_queries(10):
        client.get(profile_url(organisation.person))


def test_email_address_is_hrs_to_change(organisation: Any, sign_in: SignIn) -> None:
    client = sign_in(organisation.person)
    page = client.get(reverse("account_email"))
    assert "It comes from HR" in page.text
    posted = client.post(reverse("account_email"), {"action_add": "", "email": "new@example.org"})
    assert posted.status_code == 405


def test_person_list_of_a_person_alone_says_so(organisation: Any, sign_in: SignIn) -> None:
    page = sign_in(organisation.stranger).get(reverse("accounts:person-list")).text
    assert "Only your own record" in page
    services.give_office(organisation.stranger, Group.AUDITOR)
    page = sign_in(organisation.stranger).get(reverse("accounts:person-list")).text
    assert "Everybody in the organisation" in page

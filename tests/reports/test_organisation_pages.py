"""The organisation page and its CSV: what they show, in which order, and to whom."""

import csv
import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.enums import Group, ScopeKind
from accounts.models import OrgUnit, Person, RecordAccess
from jobs.models import Job
from reports.services import histogram
from reports.services.organisation import OrganisationFilter, organisation_view
from skills.models import Competency, PolicyVersion
from skills.services.policy import publish_policy
from skills.tasks import catch_up
from tests.reports.staffing import Staffing

URL = "/organisation/"
CSV_URL = "/organisation/csv/"
SignIn = Callable[[Person], Client]
MakePerson = Callable[..., Person]
MakeUnit = Callable[..., OrgUnit]


def test_organisation_csv_says_what_the_page_says(
    staffing: Staffing, units: dict[str, OrgUnit], hr: Person, sign_in: SignIn
) -> None:
    for person in staffing.add(units["Large"], 9)[:4]:
        staffing.quiz(person, "core-description")
    staffing.add(units["Middle"], 6)
    staffing.add(units["Small"], 3)
    staffing.add(units["Second"], 6)
    query = {"unit": str(units["First"].uuid), "domain": "core"}
    client = sign_in(hr)
    page = client.get(URL, query).content.decode()
    lines = list(csv.DictReader(io.StringIO(client.get(CSV_URL, query).content.decode())))
    view = organisation_view(OrganisationFilter(units["First"], domain="core"))
    assert len(lines) == (len(view.rows) + 1) * len(view.columns)
    large = [line for line in lines if line["unit"] == "Large" and line["shown"] == "yes"]
    assert large
    for line in large:
        assert f"{line['met']} of {line['required']} people" in page
    for line in lines:
        if line["unit"] in ("Small", "Middle"):
            assert line["shown"].startswith("not shown")
            assert line["people"] == line["met"] == line["required"] == line["level_0"] == ""
    assert page.count("not shown<") >= len([x for x in lines if x["shown"].startswith("not")])


def test_organisation_csv_holds_no_formula(
    staffing: Staffing, make_unit: MakeUnit, hr: Person, sign_in: SignIn
) -> None:
    staffing.add(make_unit("=1+1"), 6)
    lines = sign_in(hr).get(CSV_URL).content.decode().splitlines()
    assert any(line.startswith("'=1+1,") for line in lines)


@pytest.mark.parametrize(
    ("sort", "first"), [("", "First"), ("least", "Second"), ("blocking", "Second"), ("x", "First")]
)
def test_units_can_be_ordered_by_their_shown_figures(
    staffing: Staffing, units: dict[str, OrgUnit], hr: Person, sign_in: SignIn, sort: str,
    first: str,
) -> None:  # fmt: skip
    for person in staffing.add(units["Large"], 6, role="network-engineer"):
        for slug in ("core-description", "gov-escalation", "lead-trust"):
            staffing.quiz(person, slug)
    staffing.add(units["Second"], 9, role="network-engineer")
    query = {"domain": "core", "sort": sort}
    view = sign_in(hr).get(URL, query).context["view"]
    assert view.rows[0].node.name == first
    text = sign_in(hr).get(CSV_URL, query).content.decode()
    assert next(csv.DictReader(io.StringIO(text)))["unit"] == first


def test_organisation_says_how_many_of_the_unmet_block(
    staffing: Staffing, units: dict[str, OrgUnit], hr: Person, sign_in: SignIn
) -> None:
    staffing.add(units["Large"], 9)
    staffing.add(units["Second"], 6)
    total = organisation_view(OrganisationFilter(units["Large"])).total
    page = sign_in(hr).get(URL, {"unit": str(units["Large"].uuid)}).content.decode()
    said = f"{total.blocking or 'None'} of the {total.required - total.met} unmet requirements"
    assert total.required > total.met
    assert said in " ".join(page.split())


def test_one_skill_is_one_table_of_units_by_level(
    staffing: Staffing, units: dict[str, OrgUnit], hr: Person, sign_in: SignIn
) -> None:
    for person in staffing.add(units["Large"], 8)[:4]:
        staffing.quiz(person, "core-description")
    staffing.add(units["Second"], 6)
    query = {"domain": "core", "skill": "core-description"}
    page = sign_in(hr).get(URL, query).content.decode()
    assert "org-grid" not in page
    assert page.count("People by verified level</h2>") == 1
    assert f"unit={units['First'].uuid}" in page
    assert "4 (50%)" in page


def test_organisation_drills_down_with_breadcrumbs(
    staffing: Staffing, units: dict[str, OrgUnit], hr: Person, sign_in: SignIn
) -> None:
    staffing.add(units["Large"], 6)
    client = sign_in(hr)
    top = client.get(URL, {"domain": "core"}).content.decode()
    assert f"domain=core&amp;unit={units['First'].uuid}" in top
    below = client.get(URL, {"unit": str(units["Large"].uuid)}).content.decode()
    crumbs = below.split('aria-label="Breadcrumb"')[1].split("</nav>")[0]
    assert "Organisation" in crumbs
    assert str(units["First"].uuid) in crumbs
    assert "Large" in crumbs


@pytest.mark.parametrize("url", [URL, CSV_URL])
@pytest.mark.parametrize("group", [Group.HR, Group.AUDITOR])
def test_organisation_is_open_to_hr_and_auditors(
    url: str, group: Group, staffing: Staffing, make_person: MakePerson, sign_in: SignIn
) -> None:
    assert sign_in(make_person(groups=[group])).get(url).status_code == 200


@pytest.mark.parametrize("url", [URL, CSV_URL])
def test_organisation_is_closed_to_everybody_else(
    url: str, staffing: Staffing, make_person: MakePerson, sign_in: SignIn, client: Client
) -> None:
    assert client.get(url).status_code == 302
    manager = make_person()
    colleague = make_person(manager=manager)
    author = make_person(groups=[Group.AUTHOR, Group.ASSESSOR, Group.COUNCIL])
    staff = make_person(is_staff=True, is_superuser=True)
    for person in (manager, colleague, author, staff):
        assert sign_in(person).get(url).status_code == 403


@pytest.mark.parametrize("url", [URL, CSV_URL])
def test_organisation_look_is_logged_once_with_its_scope(
    url: str, staffing: Staffing, units: dict[str, OrgUnit], hr: Person, sign_in: SignIn
) -> None:
    staffing.add(units["Large"], 6)
    client = sign_in(hr)
    client.get(url)
    client.get(url, {"unit": str(units["First"].uuid), "domain": "core"})
    whole, unit = RecordAccess.objects.order_by("id")
    assert (whole.scope_kind, whole.subject) == (ScopeKind.ORGANISATION, None)
    assert (unit.scope_kind, unit.scope_uuid) == (ScopeKind.UNIT, units["First"].uuid)
    assert unit.scope == "the unit First, AI fluency core"


@pytest.mark.parametrize(
    "query",
    [
        {"unit": "no-uuid"},
        {"unit": "00000000-0000-4000-8000-000000000000"},
        {"job_role": "no-such"},
        {"domain": "no-such"},
        {"domain": "core", "skill": "no-such"},
    ],
)
def test_organisation_does_not_know_what_does_not_exist(
    query: dict[str, str], staffing: Staffing, hr: Person, sign_in: SignIn
) -> None:
    assert sign_in(hr).get(URL, query).status_code == 404


def test_skill_of_another_domain_is_dropped(
    staffing: Staffing, hr: Person, sign_in: SignIn
) -> None:
    query = {"domain": "data", "skill": "core-description"}
    response = sign_in(hr).get(URL, query)
    assert response.status_code == 200
    assert response.context["view"].filter.skill == ""


def test_organisation_without_a_framework_says_what_to_do(hr: Person, sign_in: SignIn) -> None:
    client = sign_in(hr)
    for url in (URL, CSV_URL):
        response = client.get(url)
        assert response.status_code == 503
        assert "No framework is loaded" in response.content.decode()
    assert not RecordAccess.objects.exists()


def test_figures_wait_for_the_job_where_too_many_levels_are_out_of_date(
    staffing: Staffing,
    units: dict[str, OrgUnit],
    hr: Person,
    sign_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(histogram, "MOST_WORKED_OUT", 5)
    for person in staffing.add(units["Large"], 6):
        staffing.quiz(person, "gov-escalation")
    client = sign_in(hr)
    assert client.get(URL).status_code == 200
    due_on = Competency.objects.latest("next_change_on").next_change_on
    assert due_on is not None
    with time_machine.travel(f"{due_on}T08:00:00Z"):
        client = sign_in(hr)
        for url in (URL, CSV_URL):
            response = client.get(url)
            assert response.status_code == 503
            assert "6 of them, and a job is working" in response.content.decode()
        (job,) = Job.objects.all()  # asked for once
        catch_up(str(job.uuid))
        assert client.get(URL).status_code == 200
        document = PolicyVersion.objects.get(is_current=True).document
        publish_policy({**document, "version": "another"})
        Job.objects.all().delete()  # that of the publication is lost
        assert client.get(URL).status_code == 503
        catch_up(str(Job.objects.get().uuid))
        assert client.get(URL).status_code == 200


def test_organisation_unit_without_people_says_so(
    staffing: Staffing, units: dict[str, OrgUnit], hr: Person, sign_in: SignIn
) -> None:
    page = sign_in(hr).get(URL, {"unit": str(units["Second"].uuid)}).content.decode()
    assert "Nobody stands here yet" in page
    query = {"unit": str(units["Second"].uuid), "job_role": "data-engineer"}
    assert "Nobody here has this job role" in sign_in(hr).get(URL, query).content.decode()


@pytest.mark.parametrize("number", [6, 24])
def test_organisation_asks_as_much_for_many_as_for_few(
    number: int,
    staffing: Staffing,
    units: dict[str, OrgUnit],
    hr: Person,
    sign_in: SignIn,
    django_assert_num_queries: Any,
) -> None:
    people = staffing.add(units["Large"], number + 1) + staffing.add(units["Second"], number)
    for person in people[: number // 2]:
        staffing.quiz(person, "core-description")
    staffing.quiz(people[0], "gov-escalation")
    client = sign_in(hr)
    query = {"unit": str(units["First"].uuid)}
    client.get(URL, query)
    with django_assert_num_queries(9):
        organisation_view(OrganisationFilter(units["First"]))
    with django_assert_num_queries(15):
        client.get(URL, query)


def test_a_unit_with_nothing_below_it_leads_to_the_people_it_counts(
    staffing: Staffing, units: dict[str, OrgUnit], hr: Person, sign_in: SignIn
) -> None:
    staffing.add(units["Large"], 6)
    (other,) = staffing.add(units["Small"], 1, share=Decimal("0.6"))
    staffing.make_position(other, unit=units["Large"], share=Decimal("0.4"))
    client, people_url = sign_in(hr), f"/people/?unit={units['Large'].uuid}"
    page = client.get(URL, {"unit": str(units["Large"].uuid), "domain": "core"})
    assert page.context["view"].total.head_count == 6
    assert f'href="{people_url}"' in page.text
    above = client.get(URL, {"unit": str(units["First"].uuid)}).content.decode()
    assert "Find people of this unit" not in above
    assert client.get(people_url).context["page"].paginator.count == 6

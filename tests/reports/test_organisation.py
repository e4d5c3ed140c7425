"""The organisation page: right figures, small groups hidden, the same on screen and in the CSV."""

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import time_machine
from django.test import Client
from django.utils import timezone

from accounts.models import OrgUnit, Person
from reports.services.organisation import (
    OrganisationFilter,
    OrganisationRow,
    OrganisationView,
    organisation_view,
)
from skills.models import PolicyVersion, ScaleLevel, Skill
from skills.services.appointments import grant_exemption
from skills.services.gaps import person_gaps
from skills.services.policy import publish_policy
from tests.reports.staffing import Staffing

URL = "/organisation/"
CSV_URL = "/organisation/csv/"
SignIn = Callable[[Person], Client]
MakePerson = Callable[..., Person]
MakeUnit = Callable[..., OrgUnit]


def row(view: OrganisationView, name: str) -> OrganisationRow:
    return next(each for each in (*view.rows, view.total) if each.node.name == name)


def figures(one: OrganisationRow, slug: str) -> tuple[int, int, int, int] | str:
    cell = next(each for each in one.cells if each.column.slug == slug)
    if not cell.is_shown:
        return "hidden" if cell.is_hidden else "empty"
    tally = cell.tally
    return tally.people, tally.met, tally.required, tally.blocking


def test_organisation_adds_up_what_each_person_has(
    staffing: Staffing, units: dict[str, OrgUnit]
) -> None:
    people = staffing.add(units["Large"], 6, role="network-engineer")
    people += staffing.add(units["Second"], 7)
    for person in people[:5]:
        staffing.make_position(
            person,
            unit=units["Second"],
            job_role=staffing.roles["data-steward"],
            share=Decimal("0.3"),
        )
    for person in people[:5]:
        staffing.quiz(person, "core-description")
        staffing.quiz(person, "gov-escalation")
    grant_exemption(
        person=people[1],
        skill=Skill.objects.get(slug="core-delegation"),
        reason="away",
        by=people[2],
        ends_on=timezone.localdate() + timedelta(days=9),
    )
    view = organisation_view()
    gaps = person_gaps([person.pk for person in people]).values()
    for cell in view.total.cells:
        rows = [
            r for gap in gaps for r in gap.rows if r.binds and r.skill.domain == cell.column.slug
        ]
        told = (cell.tally.met, cell.tally.required, cell.tally.blocking)
        assert told == (sum(r.met for r in rows), len(rows), sum(r.blocking for r in rows))
    assert view.total.met == sum(gap.met for gap in gaps)
    assert view.total.required == sum(gap.required_count for gap in gaps)
    assert view.total.blocking == sum(gap.blocking_count for gap in gaps)


def test_person_counts_once_in_the_unit_of_the_largest_share(
    staffing: Staffing, units: dict[str, OrgUnit]
) -> None:
    staffing.add(units["Large"], 6)
    (both,) = staffing.add(units["Large"], 1, share=Decimal("0.5"), starts_on=date(2021, 1, 1))
    staffing.make_position(
        both,
        unit=units["Second"],
        job_role=staffing.roles["employee"],
        share=Decimal("0.5"),
        starts_on=date(2020, 6, 1),
    )
    staffing.add(units["Second"], 5)
    view = organisation_view()
    assert row(view, "First").head_count == 6
    assert row(view, "Second").head_count == 6
    assert view.total.head_count == 12


def test_level_of_skill_is_told_as_people_who_meet_it(
    staffing: Staffing, units: dict[str, OrgUnit], hr: Person, sign_in: SignIn
) -> None:
    for person in staffing.add(units["Large"], 8)[:6]:
        staffing.quiz(person, "core-description")
    staffing.add(units["Second"], 6)
    query = {"domain": "core", "skill": "core-description", "unit": str(units["Large"].uuid)}
    page = sign_in(hr).get(URL, query).content.decode()
    assert "6 of 8 people meet the requirement (75%)" in page
    view = organisation_view(OrganisationFilter(units["Large"], "", "core", "core-description"))
    assert view.total.cells[0].tally.levels == [2, 6, 0, 0, 0]


def test_rows_due_today_are_right_before_the_night_ran(
    staffing: Staffing, units: dict[str, OrgUnit]
) -> None:
    for person in staffing.add(units["Large"], 6):
        staffing.assess(person, "core-delegation")
    wanted = OrganisationFilter(units["Large"], "", "core", "core-delegation")
    tally = organisation_view(wanted).total.cells[0].tally
    assert (tally.met, tally.levels) == (6, [0, 0, 6, 0, 0])
    # Half-life 24 months, an assessment is good for half of it: then it counts a level lower.
    with time_machine.travel(timezone.now() + timedelta(days=366), tick=False):
        tally = organisation_view(wanted).total.cells[0].tally
        assert (tally.met, tally.levels) == (0, [0, 6, 0, 0, 0])


def test_what_is_hidden_of_a_unit_is_hidden_of_the_units_below_it(
    staffing: Staffing, units: dict[str, OrgUnit], make_unit: MakeUnit
) -> None:
    staffing.add(units["Large"], 15)
    staffing.add(units["Small"], 3)
    parts = [make_unit(name, parent=units["Middle"]) for name in ("Deep one", "Deep two")]
    for part in parts:
        staffing.add(part, 6)
    view = organisation_view(OrganisationFilter(OrgUnit.objects.get(pk=units["Middle"].pk)))
    assert [each.node.name for each in view.rows] == ["Deep one", "Deep two"]
    assert all(each.hides_everything for each in (*view.rows, view.total))


def test_new_starters_are_in_no_denominator(staffing: Staffing, units: dict[str, OrgUnit]) -> None:
    staffing.add(units["Large"], 6, role="network-engineer")
    staffing.add(
        units["Large"],
        2,
        role="network-engineer",
        starts_on=timezone.localdate() - timedelta(days=89),
    )
    view = organisation_view(OrganisationFilter(units["Large"], domain="infrastructure"))
    assert view.total.head_count == 8
    assert figures(view.total, "infra-traffic") == (6, 0, 6, 6)


def test_small_team_and_the_next_smallest_are_hidden(
    staffing: Staffing, units: dict[str, OrgUnit]
) -> None:
    staffing.add(units["Large"], 9)
    staffing.add(units["Middle"], 6)
    staffing.add(units["Small"], 3)
    view = organisation_view(OrganisationFilter(units["First"]))
    assert figures(row(view, "Small"), "core") == "hidden"
    assert figures(row(view, "Middle"), "core") == "hidden"
    assert figures(row(view, "Large"), "core") != "hidden"
    assert figures(view.total, "core") != "hidden"


def test_unit_hidden_beside_its_siblings_is_hidden_on_its_own_page(
    staffing: Staffing, units: dict[str, OrgUnit], hr: Person, sign_in: SignIn
) -> None:
    staffing.add(units["Large"], 9)
    staffing.add(units["Middle"], 6)
    staffing.add(units["Small"], 3)
    for name in ("Middle", "Small"):
        view = organisation_view(OrganisationFilter(units[name], domain="core"))
        assert not view.total.shown
    page = sign_in(hr).get(URL, {"unit": str(units["Middle"].uuid)}).content.decode()
    assert "No figure of this unit is shown" in page
    assert "Not shown" in page.split("Held by one person only")[1]
    assert "org-share" not in page
    assert organisation_view(OrganisationFilter(units["Middle"])).alone is None


def test_people_directly_in_a_unit_are_a_group_too(
    staffing: Staffing, units: dict[str, OrgUnit]
) -> None:
    staffing.add(units["First"], 2)
    staffing.add(units["Large"], 9)
    staffing.add(units["Middle"], 6)
    view = organisation_view(OrganisationFilter(units["First"]))
    assert figures(row(view, "Directly in this unit"), "core") == "hidden"
    assert figures(row(view, "Middle"), "core") == "hidden"


def test_domain_adds_up_the_skills_that_are_shown(
    staffing: Staffing, units: dict[str, OrgUnit], hr: Person, sign_in: SignIn
) -> None:
    staffing.add(units["Second"], 6)
    staffing.add(units["Large"], 8)
    staffing.add(units["Large"], 2, role="data-engineer")
    skills = organisation_view(OrganisationFilter(units["Large"], domain="data")).total
    assert figures(skills, "data-lineage") == "hidden"
    whole = organisation_view(OrganisationFilter(units["Large"])).total
    shown = [cell.tally.required for cell in skills.cells if cell.is_shown]
    assert figures(whole, "data") == (10, 0, sum(shown), 0)
    client = sign_in(hr)
    query = {"unit": str(units["Large"].uuid)}
    assert f"0 of {sum(shown)}, in part" in client.get(URL, query).content.decode()
    lines = csv.DictReader(io.StringIO(client.get(CSV_URL, query).content.decode()))
    (line,) = (line for line in lines if line["column"] == "data")
    assert (line["required"], line["shown"][:7]) == (str(sum(shown)), "in part")


def test_job_role_leaves_only_those_who_hold_it(
    staffing: Staffing, units: dict[str, OrgUnit]
) -> None:
    staffing.add(units["Large"], 6)
    staffing.add(units["Large"], 7, role="data-engineer")
    view = organisation_view(OrganisationFilter(units["Large"], "data-engineer", "data"))
    assert view.total.head_count == 7
    assert figures(view.total, "data-lineage") == (7, 0, 7, 7)


def test_job_role_hides_what_would_tell_of_the_few_without_it(
    staffing: Staffing, units: dict[str, OrgUnit]
) -> None:
    staffing.add(units["Large"], 2)
    staffing.add(units["Large"], 7, role="data-engineer")
    wanted = OrganisationFilter(units["Large"], "data-engineer", "core")
    assert figures(organisation_view(wanted).total, "core-description") == "hidden"


def test_job_roles_that_are_shown_tell_nothing_of_one_that_is_not(
    staffing: Staffing, units: dict[str, OrgUnit]
) -> None:
    for role, people in (("data-engineer", 6), ("network-engineer", 7), ("data-steward", 4)):
        staffing.add(units["Large"], people, role=role)

    def shown(role: str) -> bool:
        wanted = OrganisationFilter(units["Large"], role, "core")
        return figures(organisation_view(wanted).total, "core-description") != "hidden"

    assert shown("")
    assert shown("data-engineer")
    assert not shown("data-steward")
    assert not shown("network-engineer")


def test_skill_held_by_one_person_is_named(
    staffing: Staffing, units: dict[str, OrgUnit], hr: Person, sign_in: SignIn
) -> None:
    staffing.add(units["Second"], 5)
    people = staffing.add(units["Large"], 6)
    staffing.quiz(people[0], "gov-escalation")
    for person in people[:2]:
        staffing.quiz(person, "lead-trust")
    view = organisation_view(OrganisationFilter(units["Large"]))
    assert view.alone is not None
    assert [(one.skill.slug, one.person) for one in view.alone] == [("gov-escalation", people[0])]
    unit = str(units["Large"].uuid)
    page = sign_in(hr).get(URL, {"unit": unit}).content.decode()
    assert people[0].name in page
    for skill, told in (("gov-escalation", 1), ("gov-risk-tiering", 0)):
        wanted = OrganisationFilter(units["Large"], "", "governance", skill)
        assert len(organisation_view(wanted).alone or ()) == told
    assert "Held by one person only</h2>" in page
    page = sign_in(hr).get(URL, {"unit": unit, "job_role": "employee"}).content.decode()
    assert "Held by one person only, whatever the job role</h2>" in page


def test_skill_whose_figure_is_hidden_names_nobody(
    staffing: Staffing, units: dict[str, OrgUnit], hr: Person, sign_in: SignIn
) -> None:
    staffing.add(units["Second"], 5)
    staffing.add(units["Large"], 6)
    (one, _) = staffing.add(units["Large"], 2, role="data-engineer")
    staffing.assess(one, "sec-supply-chain")
    view = organisation_view(OrganisationFilter(units["Large"], domain="security"))
    assert figures(view.total, "sec-supply-chain") == "hidden"
    for query in ({}, {"domain": "security"}, {"job_role": "data-engineer"}):
        page = sign_in(hr).get(URL, {"unit": str(units["Large"].uuid), **query}).content.decode()
        told = page.split("Held by one person only")[1]
        assert one.name not in told
        assert "Skills whose figure is not shown here are left out" in told


def test_small_unit_names_nobody(staffing: Staffing, units: dict[str, OrgUnit]) -> None:
    people = staffing.add(units["Large"], 4)
    staffing.quiz(people[0], "gov-escalation")
    assert organisation_view(OrganisationFilter(units["Large"])).alone is None


def test_the_page_takes_the_smallest_group_and_the_levels_names_from_the_content(
    staffing: Staffing, units: dict[str, OrgUnit], hr: Person, sign_in: SignIn
) -> None:
    staffing.add(units["Large"], 6)
    staffing.add(units["Second"], 7)
    document = PolicyVersion.objects.get().document
    params = {**document["params"], "min_group_size": 7}
    publish_policy({**document, "version": "larger groups", "params": params})
    ScaleLevel.objects.filter(level=3).update(name="Master")
    query = {"unit": str(units["Large"].uuid), "domain": "core"}
    page = sign_in(hr).get(URL, query).content.decode()
    assert "has fewer than 7 people" in page
    assert "fewer than 5" not in page
    staffing.add(units["Large"], 4)
    page = sign_in(hr).get(URL, query).content.decode()
    assert "3 Master" in page
    assert "Proficient" not in page


def test_people_who_left_and_past_positions_do_not_count(
    staffing: Staffing, units: dict[str, OrgUnit]
) -> None:
    people = staffing.add(units["Large"], 6)
    people[0].is_active = False
    people[0].save()
    staffing.make_position(
        people[1],
        unit=units["Second"],
        job_role=staffing.roles["employee"],
        starts_on=date(2020, 1, 1),
        ends_on=date(2021, 1, 1),
    )
    view = organisation_view()
    assert view.total.head_count == 5
    assert [each.node.name for each in view.rows] == ["First"]

"""The team matrix, its levels, its CSV and its worklist, tried by everybody who may come."""

import csv
import io
import re
from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.http import StreamingHttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import ScopeKind
from accounts.models import Person, RecordAccess
from accounts.services import parts_of_line
from skills.enums import Kind
from skills.models import Competency, Skill
from skills.services import matrix
from skills.services.appointments import grant_exemption
from skills.services.faces import face_of
from skills.services.gaps import person_gaps

SignIn = Callable[[Person], Client]
Give = Callable[..., Any]
PAGES = [
    "skills:team-matrix",
    "skills:team-matrix-csv",
    "skills:team-levels",
    "skills:team-worklist",
]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]


def body(response: Any) -> str:
    if isinstance(response, StreamingHttpResponse):
        return b"".join(response).decode()
    return str(response.content.decode())


def csv_of(response: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body(response))))


def names(response: Any) -> list[str]:
    return [row.person.name for row in response.context["matrix"].rows]


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(
    ("viewer", "status"),
    [
        ("manager", 200),
        ("head", 200),
        ("hr", 200),
        ("auditor", 200),
        ("asha", 403),
        ("lead", 403),
        ("stranger", 403),
        ("admin", 403),
    ],
)
def test_a_team_opens_to_its_manager_those_above_hr_and_auditors(
    team: SimpleNamespace, sign_in: SignIn, viewer: str, status: int, name: str
) -> None:
    looker = getattr(team, viewer)
    url = reverse(name, args=[team.manager.uuid])
    response = sign_in(looker).get(url)
    assert response.status_code == status
    looks = RecordAccess.objects.all()
    assert [look.actor for look in looks] == ([looker] if status == 200 else [])


@pytest.mark.parametrize("name", PAGES)
def test_team_pages_send_the_anonymous_to_sign_in(
    team: SimpleNamespace, client: Client, name: str
) -> None:
    assert client.get(reverse(name)).status_code == 302
    assert client.get(reverse(name, args=[team.manager.uuid])).status_code == 302


def test_the_team_of_nobody_is_not_found(team: SimpleNamespace, sign_in: SignIn) -> None:
    url = reverse("skills:team-matrix", args=["00000000-0000-4000-8000-000000000000"])
    assert sign_in(team.hr).get(url).status_code == 404


def test_direct_reports_come_first_and_the_whole_line_on_demand(
    team: SimpleNamespace, sign_in: SignIn
) -> None:
    client = sign_in(team.manager)
    assert sorted(names(client.get("/team/"))) == ["Asha Rao", "Ben Engineer", "Lena Lead"]
    assert "Bela Below" in names(client.get("/team/?scope=line"))
    assert "Mara Manager" not in names(client.get("/team/?scope=line"))
    assert sorted(names(client.get("/team/?scope=nonsense"))) == [
        "Asha Rao",
        "Ben Engineer",
        "Lena Lead",
    ]


def test_a_wide_look_is_logged_once_with_its_scope(team: SimpleNamespace, sign_in: SignIn) -> None:
    client = sign_in(team.manager)
    client.get("/team/")
    client.get("/team/matrix.csv?scope=line&domain=core&role=no-such-role&state=below")
    csv_look, matrix_look = RecordAccess.objects.all()
    assert (matrix_look.what, matrix_look.scope_kind) == ("Team matrix", ScopeKind.REPORTS)
    assert (csv_look.what, csv_look.scope_kind) == ("Team matrix, CSV", ScopeKind.LINE)
    assert csv_look.scope.endswith("Mara Manager, Core, below")
    assert csv_look.subject is None
    assert csv_look.scope_uuid == team.manager.uuid


def test_a_cell_says_level_requirement_and_state_by_glyph_and_text(
    team: SimpleNamespace, org: SimpleNamespace, give: Give, sign_in: SignIn
) -> None:
    give(team.asha, org.plain, Kind.QUIZ, 1, date(2026, 11, 1))
    give(team.ben, org.plain, Kind.ADAPTIVE_ASSESSMENT, 2, date(2026, 11, 1))
    page = body(sign_in(team.manager).get("/team/"))
    assert "Asha Rao, Plain, verified 1 of 2, below, blocking, falls on 1 November 2027" in page
    assert "Ben Engineer, Plain, verified 2 of 2, met, falls on 1 November 2027" in page
    assert "Ben Engineer, Keystone, verified 0 of 2, no evidence" in page
    assert "Asha Rao, Keystone, not required" in page
    href = reverse("skills:person-skill-detail", args=[team.asha.uuid, "plain"])
    cell = re.search(rf'<td><a class="([^"]*)" href="{href}" aria-label="[^"]*">(.*?)</a>', page)
    assert cell is not None
    assert cell[1] == "cell state-below cell-blocking"
    assert '<span class="cell-figure">1</span>' in cell[2]
    assert '<span class="cell-required">2</span>' in cell[2]
    assert 'href="#glyph-below"' in cell[2]
    assert "Below, blocking" in cell[2]


def test_the_csv_equals_the_screen_and_the_gaps_of_each_person(
    team: SimpleNamespace, org: SimpleNamespace, give: Give, sign_in: SignIn
) -> None:
    give(team.asha, org.plain, Kind.QUIZ, 1, 30)
    give(team.ben, org.keystone, Kind.PRACTICAL_TASK, 2, 30)
    give(team.lead, org.brief, Kind.QUIZ, 1, 100)
    grant_exemption(
        person=team.ben, skill=org.brief, reason="Leave", by=team.hr, ends_on=date(2027, 5, 12)
    )
    client = sign_in(team.manager)
    for query in ("", "?scope=line", "?domain=core&sort=name", "?state=blocking", "?role=engineer"):
        screen = client.get(f"/team/{query}")
        rows = csv_of(client.get(f"/team/matrix.csv{query}"))
        shown = [
            (row.person.name, each.skill.slug, str(each.verified_level), face_of(each).text)
            for row in screen.context["matrix"].rows
            for each in row.cells
        ]
        fields = ("person", "skill", "verified_level", "shown_as")
        assert [tuple(row[name] for name in fields) for row in rows] == shown
        page = body(screen)
        for row in rows:
            words = f"{row['person']}, {row['skill_name']}, "
            assert words in page
    rows = csv_of(client.get("/team/matrix.csv"))
    people = [team.asha, team.ben, team.lead]
    gaps = person_gaps([each.pk for each in people])
    for one in people:
        own = {row["skill"]: row for row in rows if row["person_uuid"] == str(one.uuid)}
        for gap in gaps[one.pk].rows:
            line = own[gap.skill.slug]
            assert (line["required_level"], line["verified_level"], line["shortfall"]) == (
                str(gap.required_level),
                str(gap.verified_level),
                str(gap.shortfall),
            )
            assert line["blocking"] == ("yes" if gap.blocking else "no")
            assert line["until"] == (str(gap.until) if gap.until else "")


def test_the_csv_says_that_nothing_is_loaded_as_the_page_does(
    make_person: Callable[..., Person], sign_in: Callable[[Person], Client]
) -> None:
    manager = make_person("Mo Manager")
    make_person("Ro Report", manager=manager)
    client = sign_in(manager)
    for address in ("/team/", "/team/matrix.csv"):
        assert client.get(address).status_code == 503


def test_the_csv_has_all_pages_and_no_formulas(
    team: SimpleNamespace, make_person: Any, sign_in: SignIn
) -> None:
    for number in range(52):
        make_person(f"=Person {number:02}", manager=team.lead)
    client = sign_in(team.lead)
    screen = client.get("/team/")
    response = client.get("/team/matrix.csv")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert 'filename="team-matrix-direct-2026-11-22.csv"' in response["Content-Disposition"]
    assert isinstance(response, StreamingHttpResponse)
    rows = csv_of(response)
    assert len(names(screen)) == 50
    assert screen.context["matrix"].people_count == len({row["person_uuid"] for row in rows}) == 53
    assert {row["person"][0] for row in rows} == {"'", "B"}


def test_pages_of_fifty_carry_totals_over_everybody(
    team: SimpleNamespace, org: SimpleNamespace, give: Give, make_person: Any, sign_in: SignIn
) -> None:
    people = [make_person(f"Person {number:02}", manager=team.lead) for number in range(55)]
    give(people[3], org.brief, Kind.QUIZ, 1, 3)
    client = sign_in(team.lead)
    first, second = client.get("/team/?sort=name"), client.get("/team/?sort=name&page=2")
    assert (len(names(first)), len(names(second))) == (50, 6)
    for response in (first, second):
        page = " ".join(body(response).split())
        assert "1 of 112 requirements met" in page
        assert "Totals are over all 56 people, not this page alone." in page
    assert "not this page alone" not in body(sign_in(team.manager).get("/team/"))
    assert 'href="?sort=name&amp;page=2"' in body(first)
    assert names(client.get("/team/?page=99")) == names(client.get("/team/?page=2"))
    assert names(client.get("/team/?page=x")) == names(client.get("/team/"))


def test_filters_narrow_by_domain_role_and_state(
    team: SimpleNamespace, org: SimpleNamespace, give: Give, sign_in: SignIn
) -> None:
    give(team.asha, org.plain, Kind.ADAPTIVE_ASSESSMENT, 2, 30)
    client = sign_in(team.manager)

    def columns(query: str) -> list[str]:
        matrix = client.get(f"/team/?{query}").context["matrix"]
        return [column.skill.slug for column in matrix.columns]

    assert columns("") == ["plain", "keystone", "brief"]
    assert columns("domain=security") == ["brief"]
    assert names(client.get("/team/?role=engineer")) == ["Ben Engineer"]
    assert sorted(names(client.get("/team/?state=blocking"))) == ["Ben Engineer", "Lena Lead"]
    assert names(client.get("/team/?sort=name")) == ["Asha Rao", "Ben Engineer", "Lena Lead"]
    assert names(client.get("/team/?sort=gap"))[-1] == "Asha Rao"
    assert names(client.get("/team/?state=nonsense&sort=nonsense")) == names(client.get("/team/"))


def test_a_filter_that_leaves_nobody_shows_the_way_out(
    team: SimpleNamespace, sign_in: SignIn
) -> None:
    client = sign_in(team.manager)
    for query in ("state=stale", "domain=no-such", "role=no-such"):
        page = body(client.get(f"/team/?{query}&scope=line"))
        assert "Nobody matches" in page
        assert 'href="/team/?scope=line"' in page
        for other in ("worklist", "levels"):
            assert "Nobody matches" in body(client.get(f"/team/{other}/?{query}&scope=line"))


def test_a_person_without_reports_is_told_so(team: SimpleNamespace, sign_in: SignIn) -> None:
    for url in ("/team/", "/team/worklist/", "/team/levels/", "/team/?scope=line"):
        assert "Nobody reports to you" in body(sign_in(team.asha).get(url))
    url = reverse("skills:team-matrix", args=[team.asha.uuid])
    assert "Nobody reports to Asha Rao" in body(sign_in(team.hr).get(url))


def test_the_whole_line_is_offered_where_somebody_stands_in_it(
    team: SimpleNamespace, sign_in: SignIn
) -> None:
    Person.objects.filter(pk=team.manager.pk).update(is_active=False)
    page = body(sign_in(team.hr).get(reverse("skills:team-matrix", args=[team.head.uuid])))
    assert "No direct reports" in page
    assert "?scope=line" in page


@pytest.mark.parametrize(
    ("query", "lines"),
    [
        ("", ["Brief"]),
        ("?state=met", ["Plain"]),
        ("?state=blocking", []),
        ("?state=no_evidence", ["Brief"]),
    ],
)
def test_on_a_phone_the_lines_of_a_person_say_what_was_chosen(
    team: SimpleNamespace, org: SimpleNamespace, give: Give, sign_in: SignIn, query: str,
    lines: list[str],
) -> None:  # fmt: skip
    give(team.asha, org.plain, Kind.ADAPTIVE_ASSESSMENT, 2, 30)
    page = body(sign_in(team.manager).get(f"/team/{query}"))
    start = f'<li><a href="{reverse("skills:person-skills", args=[team.asha.uuid])}'
    assert re.findall(rf'{re.escape(start)}[^"]*">([^<]*)</a>', page) == lines


def test_a_matrix_too_wide_for_paper_is_printed_as_a_list_of_each_person(
    team: SimpleNamespace, org: SimpleNamespace, sign_in: SignIn, require: Any
) -> None:
    client = sign_in(team.manager)
    assert "print-as-list" not in body(client.get("/team/"))
    for number in range(6):
        skill = Skill.objects.create(
            slug=f"more-{number}", name=f"More {number}", domain=org.domains["core"],
            definition="More", half_life_months=24, decay_class="mixed", position=10 + number,
        )  # fmt: skip
        require(org.employee, skill, 1)
    page = body(client.get("/team/"))
    assert 'class="scroll-box matrix-box print-as-list"' in page
    assert '<body class="wide"' in page


def test_levels_name_few_and_count_many(
    team: SimpleNamespace, org: SimpleNamespace, give: Give, make_person: Any, sign_in: SignIn
) -> None:
    give(team.asha, org.plain, Kind.ADAPTIVE_ASSESSMENT, 2, 30)
    client = sign_in(team.manager)
    page = body(client.get("/team/levels/"))
    assert page.count(f'href="/people/{team.asha.uuid}/skills/plain/"') == 1
    assert page.count(f'href="/people/{team.ben.uuid}/skills/plain/"') == 1
    for _ in range(3):
        make_person(manager=team.manager)
    page = body(client.get("/team/levels/"))
    assert f'href="/people/{team.asha.uuid}/skills/plain/"' in page
    assert f'href="/people/{team.ben.uuid}/skills/plain/"' not in page
    assert "1 of 6 meet what they need" in page


def test_the_selection_travels_between_matrix_worklist_and_csv(
    team: SimpleNamespace, sign_in: SignIn
) -> None:
    page = body(sign_in(team.manager).get("/team/?scope=line&domain=core&page=1"))
    assert 'href="/team/worklist/?scope=line&amp;domain=core"' in page
    assert 'href="/team/levels/?scope=line&amp;domain=core"' in page
    assert 'href="/team/matrix.csv?scope=line&amp;domain=core"' in page
    other = body(sign_in(team.hr).get(reverse("skills:team-matrix", args=[team.manager.uuid])))
    assert f'href="/people/{team.manager.uuid}/team/matrix.csv"' in other


def test_names_are_escaped_in_cells(
    team: SimpleNamespace, make_person: Any, sign_in: SignIn
) -> None:
    make_person("<b>Eve</b> & Co", manager=team.lead)
    page = body(sign_in(team.lead).get("/team/"))
    assert "<b>Eve" not in page
    assert "&lt;b&gt;Eve&lt;/b&gt; &amp; Co, Plain, verified 0 of 2" in page


@pytest.mark.parametrize(
    ("url", "queries"),
    [("/team/", 8), ("/team/?scope=line", 8), ("/team/levels/", 8), ("/team/worklist/", 11)],
)
@pytest.mark.parametrize("people", [5, 50])
def test_a_team_takes_the_same_number_of_queries_for_five_and_fifty_people(
    team: SimpleNamespace, org: SimpleNamespace, give: Give, make_person: Any, sign_in: SignIn,
    django_assert_num_queries: Any, people: int, url: str, queries: int,
) -> None:  # fmt: skip
    for _ in range(people):
        give(make_person(manager=team.lead), org.plain, Kind.QUIZ, 1, 30)
    client = sign_in(team.lead)
    client.get(url)
    with django_assert_num_queries(queries):
        client.get(url)


@pytest.mark.parametrize("name", PAGES)
def test_a_line_too_long_for_one_page_leads_to_the_managers_in_it(
    team: SimpleNamespace, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(matrix, "MOST_PEOPLE", 3)
    client = sign_in(team.manager)
    response = client.get(reverse(name), {"scope": "line"})
    assert response.status_code == 422  # a CSV of it is none
    page = body(response)
    assert "more people than the 3 that are shown together" in page
    assert f'<a href="/people/{team.lead.uuid}/team/?scope=line">Lena Lead</a>' in page
    assert "1 person<" in page
    assert "Asha Rao" not in page
    assert "Direct reports only" in page
    assert not RecordAccess.objects.exists()  # nobody's levels were shown
    assert client.get(reverse(name)).status_code == 200
    assert "shown together" not in str(client.get(reverse("skills:team-matrix")).content)


def test_parts_of_a_line_count_everybody_below_also_those_of_a_manager_who_left(
    team: SimpleNamespace, make_person: Any, django_assert_num_queries: Any
) -> None:
    make_person(manager=team.below)
    make_person(manager=team.lead, is_active=False)
    Person.objects.filter(pk=team.lead.pk).update(is_active=False)
    with django_assert_num_queries(2):
        assert parts_of_line(team.manager) == [(team.lead, 2)]
    assert parts_of_line(team.head) == [(team.manager, 4)]
    assert parts_of_line(team.asha) == []


def test_the_matrix_is_right_on_the_day_a_level_falls_without_any_worker(
    team: SimpleNamespace, org: SimpleNamespace, give: Give, sign_in: SignIn
) -> None:
    give(team.below, org.plain, Kind.ADAPTIVE_ASSESSMENT, 2, 30)
    falls_on = Competency.objects.get().due_on
    assert falls_on is not None
    for day, words in ((falls_on - timedelta(1), "2 of 2, due soon"), (falls_on, "1 of 2, below")):
        with time_machine.travel(f"{day}T08:00:00Z"):
            client = sign_in(team.lead)
            assert timezone.localdate() == day
            assert f"Bela Below, Plain, verified {words}" in body(client.get("/team/"))
            (row,) = [r for r in csv_of(client.get("/team/matrix.csv")) if r["skill"] == "plain"]
            assert row["verified_level"] == words[0]

"""The team matrix: its cells, totals, filters, order, pages and export."""

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from accounts.models import JobRole, Person
from skills.enums import CellStatus, Kind, State
from skills.models import Competency, Requirement
from skills.services.gaps import person_gaps
from skills.services.matrix import matrix_rows, people_of, team_levels, team_matrix, team_worklist
from skills.services.matrix_parts import Choice, MatrixFilter, Scope, Sort

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]
Make = Callable[..., Any]


@pytest.fixture
def team(
    org: SimpleNamespace, make_person: Make, make_job_role: Make, make_position: Make, require: Make
) -> SimpleNamespace:
    """A manager with three reports (one an engineer) and one further down."""
    engineer: JobRole = make_job_role("engineer", name="Engineer")
    clerk: JobRole = make_job_role("clerk", name="Clerk")
    require(org.employee, org.plain, 1, 3)
    require(org.employee, org.keystone, 1, 1)
    require(engineer, org.brief, 2, 2)
    boss = make_person("Boss")
    people = [make_person(name, manager=boss) for name in ("Cleo", "adam", "Bea")]
    below = make_person("Dora", manager=people[0])
    make_person("Gone", manager=boss, is_active=False)
    unit = make_position(people[0], job_role=engineer).unit
    for each in (*people[1:], below):
        make_position(each, job_role=clerk, unit=unit)
    return SimpleNamespace(
        boss=boss,
        cleo=people[0],
        adam=people[1],
        bea=people[2],
        dora=below,
        unit=unit,
        engineer=engineer,
    )


def names(matrix: Any) -> list[str]:
    return [row.person.name for row in matrix.rows]


def test_direct_reports_come_first_and_the_line_on_request(team: SimpleNamespace) -> None:
    assert set(names(team_matrix(people_of(team.boss, Scope.DIRECT)))) == {"Cleo", "adam", "Bea"}
    line = team_matrix(people_of(team.boss, Scope.LINE))
    assert set(names(line)) == {"Cleo", "adam", "Bea", "Dora"}
    assert (line.people_count, line.scope_count) == (4, 4)


def test_a_manager_without_people_gets_an_empty_matrix(
    org: SimpleNamespace, make_person: Make
) -> None:
    matrix = team_matrix(people_of(make_person(), Scope.LINE))
    assert (matrix.rows, matrix.columns, matrix.people_count) == ((), (), 0)
    assert (matrix.page, matrix.pages) == (1, 1)


def test_columns_are_the_skills_of_their_roles_with_totals_over_all(
    org: SimpleNamespace, team: SimpleNamespace, give: Make
) -> None:
    give(team.bea, org.plain, Kind.QUIZ, 1, 5)
    give(team.bea, org.brief, Kind.QUIZ, 1, 5)
    matrix = team_matrix(people_of(team.boss, Scope.DIRECT), page_size=1)
    assert [(d.name, [c.skill.slug for c in d.columns]) for d in matrix.domains] == [
        ("Core", ["plain", "keystone"]),
        ("Security", ["brief"]),
    ]
    assert [(c.met, c.required, c.blocking) for c in matrix.columns] == [
        (1, 3, 2),
        (0, 3, 0),
        (0, 1, 0),
    ]
    assert (matrix.met, matrix.required_count, matrix.blocking_count) == (1, 7, 2)
    assert len(matrix.rows) == 1


def test_a_skill_not_required_of_a_person_is_a_cell_with_what_is_verified(
    org: SimpleNamespace, team: SimpleNamespace, give: Make
) -> None:
    give(team.bea, org.brief, Kind.QUIZ, 1, 5)
    matrix = team_matrix(people_of(team.boss, Scope.DIRECT))
    cells = {row.person.name: row.cells[2] for row in matrix.rows}
    assert (cells["Bea"].status, cells["Bea"].verified_level) == (CellStatus.NOT_REQUIRED, 1)
    assert (cells["adam"].status, cells["adam"].verified_level) == (CellStatus.NOT_REQUIRED, 0)
    assert cells["Cleo"].status is CellStatus.NO_EVIDENCE


def test_rows_are_sorted_by_gap_by_blocking_or_by_name(
    org: SimpleNamespace, team: SimpleNamespace, give: Make
) -> None:
    people = people_of(team.boss, Scope.DIRECT)
    give(team.cleo, org.plain, Kind.QUIZ, 1, 5)
    give(team.cleo, org.keystone, Kind.QUIZ, 1, 5)
    give(team.adam, org.keystone, Kind.QUIZ, 1, 5)
    assert names(team_matrix(people)) == ["Bea", "adam", "Cleo"]
    assert names(team_matrix(people, MatrixFilter(sort=Sort.BLOCKING))) == ["adam", "Bea", "Cleo"]
    assert names(team_matrix(people, MatrixFilter(sort=Sort.NAME))) == ["adam", "Bea", "Cleo"]


def test_filters_by_domain_role_and_state(
    org: SimpleNamespace, team: SimpleNamespace, give: Make
) -> None:
    people = people_of(team.boss, Scope.DIRECT)
    give(team.adam, org.plain, Kind.QUIZ, 1, 5)
    security = team_matrix(people, MatrixFilter(domain="security"))
    assert [column.skill.slug for column in security.columns] == ["brief"]
    assert [row.gap for row in security.rows] == [1.0, None, None]
    assert names(team_matrix(people, MatrixFilter(job_role="engineer"))) == ["Cleo"]
    met = team_matrix(people, MatrixFilter(status=CellStatus.MET))
    assert names(met) == ["adam"]
    assert (met.people_count, met.scope_count) == (1, 3)
    assert met.columns[0].required == 1


def test_each_word_that_cells_show_can_be_chosen(
    org: SimpleNamespace, team: SimpleNamespace, give: Make
) -> None:
    people = people_of(team.boss, Scope.DIRECT)
    give(team.adam, org.plain, Kind.QUIZ, 1, 5)
    give(team.bea, org.plain, Kind.QUIZ, 1, 5)
    Competency.objects.filter(person=team.bea).update(verified_level=0, state=State.UNDER_REVIEW)

    def chosen(status: CellStatus) -> list[tuple[str, str]]:
        lines = team_worklist(people, MatrixFilter(status=status)).lines
        return [(line.person.name, line.cell.skill.slug) for line in lines]

    assert chosen(CellStatus.BLOCKING) == [("Bea", "plain"), ("Cleo", "plain")]
    assert chosen(CellStatus.UNDER_REVIEW) == [("Bea", "plain")]
    assert chosen(CellStatus.BELOW) == []
    assert len(chosen(CellStatus.NO_EVIDENCE)) == 5
    matrix = team_matrix(people, MatrixFilter(status=CellStatus.BLOCKING))
    assert sorted(names(matrix)) == ["Bea", "Cleo"]
    assert matrix.blocking_count == len(chosen(CellStatus.BLOCKING))


def test_the_filters_offer_what_the_scope_has(team: SimpleNamespace) -> None:
    matrix = team_matrix(
        people_of(team.boss, Scope.DIRECT), MatrixFilter(domain="core", job_role="engineer")
    )
    assert matrix.domain_choices == (Choice("core", "Core"), Choice("security", "Security"))
    assert matrix.job_role_choices == (Choice("clerk", "Clerk"), Choice("engineer", "Engineer"))


def test_pages_are_bounded(team: SimpleNamespace) -> None:
    people = people_of(team.boss, Scope.LINE)
    seen = [
        name
        for page in (1, 2)
        for name in names(team_matrix(people, MatrixFilter(sort=Sort.NAME), page=page, page_size=3))
    ]
    assert seen == ["adam", "Bea", "Cleo", "Dora"]
    last = team_matrix(people, page=99, page_size=3)
    assert (last.page, last.pages) == (2, 2)
    assert team_matrix(people, page=-1, page_size=3).page == 1


def test_the_export_has_the_cells_of_all_pages_in_the_same_order(
    org: SimpleNamespace, team: SimpleNamespace, give: Make
) -> None:
    give(team.adam, org.plain, Kind.QUIZ, 1, 5)
    people = people_of(team.boss, Scope.LINE)
    wanted = MatrixFilter(domain="core")
    pages = [team_matrix(people, wanted, page=page, page_size=3) for page in (1, 2)]
    shown = [(row.person, cell) for matrix in pages for row in matrix.rows for cell in row.cells]
    assert [(line.person, line.cell) for line in matrix_rows(people, wanted)] == shown


def test_levels_count_whom_a_skill_binds_and_others_who_hold_it(
    org: SimpleNamespace, team: SimpleNamespace, give: Make
) -> None:
    give(team.bea, org.plain, Kind.QUIZ, 1, 5)
    give(team.bea, org.brief, Kind.ADAPTIVE_ASSESSMENT, 2, 5)
    found = team_levels(people_of(team.boss, Scope.DIRECT))
    stood = {
        each.skill.slug: [[person.name for person in people] for people in each.levels]
        for each in found.skills
    }
    assert stood["plain"] == [["adam", "Cleo"], ["Bea"], [], [], []]
    assert stood["brief"] == [["Cleo"], [], ["Bea"], [], []]
    matrix = team_matrix(people_of(team.boss, Scope.DIRECT))
    totals = [(each.skill, each.met, each.required) for each in matrix.columns]
    assert [(each.skill, each.met, each.required) for each in found.skills] == totals
    assert found.people_count == matrix.people_count
    engineers = MatrixFilter(job_role="engineer", domain=found.skills[0].skill.domain)
    (plain,) = team_levels(people_of(team.boss, Scope.DIRECT), engineers).skills[:1]
    assert [len(people) for people in plain.levels] == [1, 0, 0, 0, 0]


def test_a_row_says_what_the_persons_own_gaps_say(
    org: SimpleNamespace, team: SimpleNamespace, give: Make
) -> None:
    give(team.cleo, org.brief, Kind.PRACTICAL_TASK, 2, 5)
    matrix = team_matrix(people_of(team.boss, Scope.DIRECT))
    for row in matrix.rows:
        own = person_gaps([row.person.id])[row.person.id]
        assert (row.gap, row.met, row.required_count) == (own.gap, own.met, own.required_count)
        assert tuple(cell for cell in row.cells if cell.required) == own.rows
        assert row.person.unit == team.unit.name


def test_totals_are_right_on_the_day_a_level_falls(
    org: SimpleNamespace, team: SimpleNamespace, give: Make, on_the_day: Any
) -> None:
    give(team.cleo, org.brief, Kind.PRACTICAL_TASK, 2, date(2026, 11, 1))
    people = people_of(team.boss, Scope.DIRECT)
    assert team_matrix(people).columns[2].met == 1
    due = Competency.objects.get().due_on
    assert due is not None
    on_the_day.move_to(f"{due}T00:00:01Z")
    assert team_matrix(people).columns[2].met == 0


@pytest.mark.parametrize("count", [5, 50])
def test_five_and_fifty_people_cost_the_same_queries(
    org: SimpleNamespace,
    team: SimpleNamespace,
    make_person: Make,
    make_position: Make,
    give: Make,
    count: int,
    django_assert_num_queries: Any,
) -> None:
    for _ in range(count - 3):
        person: Person = make_person(manager=team.boss)
        make_position(person, job_role=team.engineer, unit=team.unit)
        give(person, org.plain, Kind.QUIZ, 1, 5)
    with django_assert_num_queries(3):
        assert len(team_matrix(people_of(team.boss, Scope.DIRECT)).rows) == count
    Competency.objects.update(computed_on=date(2020, 1, 1), next_change_on=date(2020, 1, 2))
    with django_assert_num_queries(4):
        team_matrix(people_of(team.boss, Scope.DIRECT))


def test_what_is_in_grace_is_listed_with_its_date_in_matrix_export_and_worklist(
    team: SimpleNamespace, org: SimpleNamespace, require: Make
) -> None:
    Requirement.objects.all().delete()
    last = date(2027, 1, 31)
    require(org.employee, org.plain, 2, 3, grace_until=last)
    people = people_of(team.boss, Scope.DIRECT)
    graced = MatrixFilter(status=CellStatus.IN_GRACE)
    matrix = team_matrix(people)
    cells = [cell for row in matrix.rows for cell in row.cells]
    assert [(cell.status, cell.until) for cell in cells] == [(CellStatus.IN_GRACE, last)] * 3
    assert (matrix.required_count, {row.gap for row in matrix.rows}) == (0, {None})
    assert [line.cell for line in matrix_rows(people)] == cells
    assert [line.cell.until for line in team_worklist(people, graced).lines] == [last] * 3
    assert team_worklist(people).lines == ()  # by itself it lists what binds

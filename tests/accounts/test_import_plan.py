"""The plan of a dry run: who would change, and how, before anything does."""

from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command

from accounts import services
from accounts.models import JobRole, Person
from accounts.services.importing import BadRows

Csv = Callable[..., bytes]
Plan = Callable[..., list[str]]
STORED = (
    "A1,anna@example.org,Anna Archer,,Ops,engineer,1,2024-01-01,,yes",
    "B1,ben@example.org,Ben Baker,A1,Ops/Networks,engineer,0.5,2024-02-01,,no",
    "B1,ben@example.org,Ben Baker,A1,Legal,lawyer,0.5,2024-02-01,,no",
    "C1,cara@example.org,Cara Cole,B1,Legal,lawyer,1,2027-01-01,,yes",
    "D1,dan@example.org,Dan Dole,,,,,,,",
)


@pytest.fixture
def plan(people_csv: Csv, make_job_role: Callable[..., JobRole], tmp_path: Path) -> Iterator[Plan]:
    """Store STORED, then return the lines of a dry run over other rows."""

    def say(*rows: str, options: tuple[str, ...] = ()) -> list[str]:
        path, out = tmp_path / "people.csv", StringIO()
        path.write_bytes(people_csv(*rows))
        call_command("import_people", str(path), "--dry-run", *options, stdout=out)
        return out.getvalue().splitlines()

    make_job_role("engineer")
    make_job_role("lawyer")
    with time_machine.travel("2026-11-22T12:00:00Z", tick=False):
        services.apply_people_file(people_csv(*STORED))
        yield say


def test_the_plan_names_who_leaves_then_who_changes_then_who_is_new(plan: Plan) -> None:
    services.deactivate_person(Person.objects.get(external_id="C1"))
    before = list(Person.objects.values())
    said = plan(
        "N1,new@example.org,Nora New,A1,,,,,,",
        "A1,anna@example.org,Anna Archer,,Ops,engineer,0.8,2024-01-01,,yes",
        "B1,ben.baker@example.org,Ben Bakerman,,Legal,lawyer,0.5,2024-02-01,,yes",
        "C1,cara@example.org,Cara Cole,A1,Ops,lawyer,1,2026-12-01,2026-12-31,yes",
        options=("--full", "--force"),
    )
    assert said == [
        "D1 Dan Dole: deactivated",
        "A1 Anna Archer: position: engineer in Ops, 1 from 2024-01-01 → "
        "engineer in Ops, 0.8 from 2024-01-01",
        "B1 Ben Baker: email: ben@example.org → ben.baker@example.org; "
        "name: Ben Baker → Ben Bakerman; manager: A1 → nobody; ai_access: no → yes; "
        "position ends on 2026-11-21: engineer in Ops/Networks, 0.5 from 2024-02-01",
        "C1 Cara Cole: manager: B1 → A1; active again; "
        "position removed: lawyer in Legal, 1 from 2027-01-01; "
        "position added: lawyer in Ops, 1 from 2026-12-01 to 2026-12-31",
        "N1 Nora New: added",
        "would be: 1 person added, 2 people changed, 1 person reactivated, 1 position added, "
        "1 position changed, 1 position ended, 1 position dropped, 1 person deactivated",
    ]
    assert list(Person.objects.values()) == before


def test_who_stays_as_they_are_is_not_in_the_plan(plan: Plan) -> None:
    assert plan(*STORED) == ["would be: nothing to do"]


def test_a_long_plan_is_cut_short_and_says_how_many_more(plan: Plan) -> None:
    rows = [f"N{n},n{n}@example.org,N,,,,,,," for n in range(5)]
    said = plan(*rows, options=("--show=2",))
    assert said == ["N0 N: added", "N1 N: added", "… and 3 more people", "would be: 5 people added"]
    assert plan(*rows, options=("--show=4",))[4] == "… and 1 more person"
    assert len(plan(*rows)) == 6
    with pytest.raises(CommandError, match="0 or more"):
        plan(*rows, options=("--show=-1",))


def test_a_manager_without_external_id_is_called_by_name(
    plan: Plan, make_person: Callable[..., Person]
) -> None:
    boss = make_person("Hand Made", external_id=None)
    services.move_person(Person.objects.get(external_id="D1"), manager=boss)
    assert plan(STORED[-1])[0] == "D1 Dan Dole: manager: Hand Made → nobody"


def test_a_move_told_late_is_planned_with_the_day_before_as_the_end_of_the_former(
    plan: Plan,
) -> None:
    said = plan("A1,anna@example.org,Anna Archer,,Legal,lawyer,1,2026-10-01,,yes")
    assert said[0] == (
        "A1 Anna Archer: position ends on 2026-09-30: engineer in Ops, 1 from 2024-01-01; "
        "position added: lawyer in Legal, 1 from 2026-10-01"
    )


def test_a_move_told_late_is_refused_with_its_line_where_history_leaves_no_room(
    plan: Plan, people_csv: Csv
) -> None:
    move = "A1,anna@example.org,Anna Archer,,Legal,lawyer,1,2026-10-01,,yes"
    services.apply_people_file(people_csv(move))
    earlier = move.replace("Legal", "Labs").replace("2026-10-01", "2026-09-01")
    with pytest.raises(BadRows) as error:
        services.apply_people_file(people_csv(STORED[-1], earlier))
    assert [problem.line for problem in error.value.problems] == [3]


def test_a_past_part_that_would_take_what_came_after_it_is_refused_with_its_line(
    plan: Plan, people_csv: Csv
) -> None:
    passed = "A1,anna@example.org,Anna Archer,,Legal,lawyer,0.2,2026-09-01,2026-10-01,yes"
    with pytest.raises(BadRows) as error:
        services.apply_people_file(people_csv(STORED[-1], passed))
    [problem] = error.value.problems
    assert problem.line == 3
    assert "1.2 on 2026-09-01, together with a stored position" in problem.reason

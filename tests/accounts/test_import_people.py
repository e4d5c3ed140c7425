"""The people file: all of it or nothing, the same twice, and history stays."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts import services
from accounts.models import Invitation, JobRole, OrgUnit, Person, Position
from accounts.services.importing import BadRows
from accounts.signals import positions_changed
from tests.thoroughness import examples

Csv = Callable[..., bytes]
ANNA = "A1,anna@example.org,Anna Archer,,Ops,engineer,1,2024-01-01,,yes"
BEN = "B1,ben@example.org,Ben Baker,A1,Ops/Networks,engineer,0.5,2024-02-01,,no"
BEN_TOO = "B1,ben@example.org,Ben Baker,A1,Legal,lawyer,0.5,2024-02-01,2025-12-31,no"
CARA = "C1,cara@example.org,Cara Cole,B1,,,,,,"


@pytest.fixture(autouse=True)
def _today(time_machine_at_noon: None) -> None:
    pass


@pytest.fixture
def time_machine_at_noon() -> Any:
    with time_machine.travel("2026-11-22T12:00:00Z", tick=False):
        yield


@pytest.fixture(autouse=True)
def _roles(make_job_role: Callable[..., JobRole]) -> None:
    make_job_role("engineer")
    make_job_role("lawyer")


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., tuple[str, str]]:
    """Run the command over a file; returns what it wrote to stdout and stderr."""

    def go(data: bytes, *options: str) -> tuple[str, str]:
        path = tmp_path / "people.csv"
        path.write_bytes(data)
        out, err = StringIO(), StringIO()
        try:
            call_command("import_people", str(path), *options, stdout=out, stderr=err)
        except CommandError as error:
            raise CommandError(f"{err.getvalue()}{error}") from error
        return out.getvalue(), err.getvalue()

    return go


def everything() -> list[Any]:
    people = Person.objects.order_by("external_id").values_list(
        "external_id", "email", "name", "manager__external_id", "line_path", "has_ai_access",
        "is_active", "password",
    )  # fmt: skip
    positions = Position.objects.order_by("pk").values_list()
    return [list(people), list(positions), list(OrgUnit.objects.values_list())]


def test_a_good_file_makes_people_units_and_positions(
    db: None, run: Callable[..., tuple[str, str]], people_csv: Csv
) -> None:
    told: list[list[int]] = []

    def hear(sender: Any, person_ids: list[int], **_: Any) -> None:
        told.append(person_ids)

    positions_changed.connect(hear)
    try:
        out, _ = run(people_csv(CARA, BEN, ANNA, BEN_TOO))
    finally:
        positions_changed.disconnect(hear)
    assert out == "3 people added, 3 positions added\n"
    anna, ben, cara = (Person.objects.get(external_id=key) for key in ("A1", "B1", "C1"))
    assert cara.manager == ben
    assert cara.line_path == anna.line_step + ben.line_step + cara.line_step
    assert not ben.has_ai_access
    assert cara.has_ai_access
    assert not anna.has_usable_password()
    assert {(p.unit.name, p.job_role.slug, p.share, p.ends_on) for p in ben.positions.all()} == {
        ("Networks", "engineer", Decimal("0.5"), None),
        ("Legal", "lawyer", Decimal("0.5"), date(2025, 12, 31)),
    }
    assert told == [sorted([anna.pk, ben.pk, cara.pk])]


def test_the_same_file_twice_changes_nothing(
    db: None, run: Callable[..., tuple[str, str]], people_csv: Csv
) -> None:
    data = people_csv(ANNA, BEN, BEN_TOO, CARA)
    run(data)
    before = everything()
    out, _ = run(b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n"), "--full")
    assert out == "nothing to do\n"
    assert everything() == before


def test_a_dry_run_says_what_would_change_and_changes_nothing(
    db: None, run: Callable[..., tuple[str, str]], people_csv: Csv
) -> None:
    before = everything()
    out, _ = run(people_csv(ANNA, BEN), "--dry-run", "--invite")
    invited = "would invite anna@example.org\nwould invite ben@example.org\n"
    plan = (
        "A1 Anna Archer: added; position added: engineer in Ops, 1 from 2024-01-01\n"
        "B1 Ben Baker: added; position added: engineer in Ops/Networks, 0.5 from 2024-02-01\n"
    )
    assert out == plan + invited + "would be: 2 people added, 2 positions added\n"
    assert everything() == before
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("way", ["--invite", "--print-links"])
def test_a_dry_run_names_those_whom_the_import_invites(
    db: None, run: Callable[..., tuple[str, str]], people_csv: Csv, way: str
) -> None:
    run(people_csv(ANNA, BEN))
    services.invite_person(Person.objects.get(external_id="A1"), by=None)
    services.deactivate_person(Person.objects.get(external_id="B1"))
    data = people_csv(ANNA, BEN, CARA)
    said = run(data, "--dry-run", "--show=0", way)[0].splitlines()
    assert said.pop(0) == "… and 2 more people"
    run(data, way)
    invited = Invitation.objects.exclude(person__external_id="A1").order_by("person__email")
    assert said[:-1] == [f"would invite {each.person.email}" for each in invited]
    assert len(run(data, "--dry-run", way)[0].splitlines()) == len(said) - 2 == 1


def test_what_changed_is_taken_over_and_history_stays(
    db: None, run: Callable[..., tuple[str, str]], people_csv: Csv
) -> None:
    run(people_csv(ANNA, BEN, BEN_TOO, CARA))
    services.deactivate_person(Person.objects.get(external_id="C1"))
    out, _ = run(
        people_csv(
            "A1,anna@example.org,Anna Archer-Bell,,Ops,engineer,0.8,2024-01-01,,yes",
            "B1,ben@example.org,Ben Baker,,Legal,lawyer,1,2026-11-22,,no",
            CARA,
        )
    )
    assert out == (
        "2 people changed, 1 person reactivated, 1 position added, 1 position changed, "
        "1 position ended\n"
    )
    ben = Person.objects.get(external_id="B1")
    assert ben.line_path == ben.line_step
    assert Person.objects.get(external_id="C1").line_path.startswith(ben.line_path)
    assert list(ben.positions.order_by("pk").values_list("ends_on", flat=True)) == [
        date(2026, 11, 21), date(2025, 12, 31), None,
    ]  # fmt: skip
    assert Position.objects.get(person__external_id="A1").share == Decimal("0.8")


BAD_ROWS = [
    ("X1,x@example.org,X,,Ops,engineer,1,2024-01-01,,yes,more", "11 values"),
    (",x@example.org,X,,Ops,engineer,1,2024-01-01,,yes", "external_id is empty"),
    ("X1,,X,,Ops,engineer,1,2024-01-01,,yes", "email is empty"),
    ("X1,x@example,X,,Ops,engineer,1,2024-01-01,,yes", "not an e-mail address"),
    ("X1,x..y@example.org,X,,Ops,engineer,1,2024-01-01,,yes", "not an e-mail address"),
    ("X1,jörg@example.org,X,,Ops,engineer,1,2024-01-01,,yes", "not an e-mail address"),
    ("X1,x@-example.org,X,,Ops,engineer,1,2024-01-01,,yes", "not an e-mail address"),
    ("X1,x@example.org, ,,Ops,engineer,1,2024-01-01,,yes", "name is empty"),
    (f"X1,x@example.org,{'n' * 151},,Ops,engineer,1,2024-01-01,,yes", "longer than 150"),
    ("X1,x@example.org,X,NOBODY,Ops,engineer,1,2024-01-01,,yes", "neither stored nor on"),
    ("X1,x@example.org,X,X1,Ops,engineer,1,2024-01-01,,yes", "their own manager"),
    ("X1,x@example.org,X,,Ops,pilot,1,2024-01-01,,yes", "no job role 'pilot'"),
    ("X1,x@example.org,X,,Ops,,1,2024-01-01,,yes", "job_role is empty"),
    ("X1,x@example.org,X,,,engineer,1,2024-01-01,,yes", "unit_path is empty"),
    ("X1,x@example.org,X,,Ops//Net,engineer,1,2024-01-01,,yes", "empty level"),
    (f"X1,x@example.org,X,,{'u' * 121},engineer,1,2024-01-01,,yes", "longer than 120"),
    (f"X1,x@example.org,X,,{'u/' * 60}u,engineer,1,2024-01-01,,yes", "more than 60 levels"),
    ("X1,x@example.org,X,,Ops,engineer,half,2024-01-01,,yes", "not a number"),
    ("X1,x@example.org,X,,Ops,engineer,1.5,2024-01-01,,yes", "at most 1"),
    ("X1,x@example.org,X,,Ops,engineer,0,2024-01-01,,yes", "above 0"),
    ("X1,x@example.org,X,,Ops,engineer,nan,2024-01-01,,yes", "above 0"),
    ("X1,x@example.org,X,,Ops,engineer,0.3333,2024-01-01,,yes", "3 decimals"),
    ("X1,x@example.org,X,,Ops,engineer,1,01.02.2024,,yes", "not a date"),
    ("X1,x@example.org,X,,Ops,engineer,1,20240101,,yes", "not a date"),
    ("X1,x@example.org,X,,Ops,engineer,1,2024-02-30,,yes", "not a date"),
    ("X1,x@example.org,X,,Ops,engineer,1,,,yes", "from is empty"),
    ("X1,x@example.org,X,,Ops,engineer,1,2024-01-02,2024-01-01,yes", "before from"),
    ("X1,x@example.org,X,,Ops,engineer,1,2024-01-01,,maybe", "neither yes nor no"),
    ("X1,x\x00@example.org,X,,Ops,engineer,1,2024-01-01,,yes", "control character"),
    ("X1,ANNA@example.org,X,,Ops,engineer,1,2024-01-01,,yes", "also that of line 2"),
    ("A1,anna@example.org,Anna Archer,,Ops,lawyer,0.5,2024-01-01,,yes", "add up to 1.5"),
    ("A1,anna@example.org,Other Name,,Ops,lawyer,0.5,2024-01-01,,yes", "name differs from line 2"),
    ("A1,other@example.org,Anna Archer,,Ops,lawyer,1,2024-01-01,,yes", "email differs"),
    ("A1,anna@example.org,Anna Archer,,Ops,lawyer,1,2024-01-01,,no", "ai_access differs"),
    ("A1,anna@example.org,Anna Archer,B1,Ops,lawyer,1,2024-01-01,,", "manager_external_id differs"),
    ("A1,anna@example.org,Anna Archer,,Ops,engineer,1,2024-01-01,,yes", "same unit, job role"),
    ("A1,anna@example.org,Anna Archer,,,,,,,yes", "without position has one row"),
]  # fmt: skip


@pytest.mark.parametrize(("row", "reason"), BAD_ROWS, ids=[reason for _, reason in BAD_ROWS])
def test_a_bad_row_is_named_with_its_line_and_nothing_changes(
    db: None, run: Callable[..., tuple[str, str]], people_csv: Csv, row: str, reason: str
) -> None:
    with pytest.raises(CommandError) as error:
        run(people_csv(ANNA, "", row))
    assert "line 4: " in str(error.value)
    assert reason in str(error.value)
    assert "nothing was changed" in str(error.value)
    assert not Person.objects.exists()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"external_id,email\nA1,a@example.org\n", "lacks the columns name, manager_external_id"),
        (b"external_id;email;name\n", "commas"),
        (b"external_id,email,name,manager_external_id,unit_path,job_role,share,from,to,ai_access,to\n",
         "more than once"),
        (b"external_id,email,name,manager_external_id,unit_path,job_role,share,from,to,ai_access\n",
         "no rows"),
        (b"external_id,email,name\nA\xe9,x,y\n", "not UTF-8: line 2"),
        (b"external_id,email,name,manager_external_id,unit_path,job_role,share,from,to,ai_access\n"
         b'A1,"a@example.org,x', "quotes"),
        (b'"external_id', "header cannot be read"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_says_why(
    db: None, run: Callable[..., tuple[str, str]], data: bytes, reason: str
) -> None:
    with pytest.raises(CommandError, match=reason):
        run(data)


def test_no_file_is_an_error(db: None, tmp_path: Path) -> None:
    for path in (tmp_path / "missing.csv", tmp_path):
        with pytest.raises(CommandError, match=str(path)):
            call_command("import_people", str(path))


def test_further_columns_are_ignored_and_order_is_free(
    db: None, run: Callable[..., tuple[str, str]]
) -> None:
    header = (
        "note,name,email,external_id,manager_external_id,unit_path,job_role,share,to,from,AI_Access"
    )
    out, _ = run(f"{header}\nhello,Anna,ANNA@Example.org,A1,,Ops,engineer,,,2024-01-01,\n".encode())
    assert "1 person added" in out
    assert Person.objects.get().email == "anna@example.org"


def test_with_skip_bad_the_good_are_taken_over_and_the_bad_left_as_they_are(
    db: None, run: Callable[..., tuple[str, str]], people_csv: Csv
) -> None:
    run(people_csv(ANNA, BEN))
    out, err = run(
        people_csv(
            "A1,anna@example.org,Anna New,,Ops,engineer,1,2024-01-01,,yes",
            "B1,ben@example.org,Ben New,A1,Ops/Networks,engineer,0.5,2024-02-01,,no",
            "B1,ben@example.org,Ben New,A1,Legal,pilot,0.5,2024-02-01,,no",
            "D1,d@example.org,Dan,MISSING,,,,,,",
            "E1,e@example.org,Eve,D1,,,,,,",
            "F1,f@example.org,Fay,B1,,,,,,",
        ),
        "--skip-bad",
    )
    assert out == "1 person added, 1 person changed\n"
    for told in (
        "line 4: there is no job role",
        "line 5: manager 'MISSING'",
        "line 6: manager 'D1'",
    ):
        assert f"left out: {told}" in err
    assert set(Person.objects.values_list("name", flat=True)) == {"Anna New", "Ben Baker", "Fay"}


def test_a_circle_in_the_file_is_refused(
    db: None, run: Callable[..., tuple[str, str]], people_csv: Csv
) -> None:
    rows = [
        "A1,a@example.org,A,B1,,,,,,",
        "B1,b@example.org,B,A1,,,,,,",
        "C1,c@example.org,C,B1,,,,,,",
    ]
    with pytest.raises(CommandError) as error:
        run(people_csv(*rows))
    assert "line 2: the reporting line runs in a circle" in str(error.value)
    assert "line 3: the reporting line runs in a circle" in str(error.value)
    out, _ = run(people_csv(*rows, "D1,d@example.org,D,,,,,,,"), "--skip-bad")
    assert out == "1 person added\n"


def test_a_circle_that_only_closes_with_what_is_stored_is_refused(
    db: None, run: Callable[..., tuple[str, str]], people_csv: Csv
) -> None:
    run(
        people_csv(
            "A1,a@example.org,A,,,,,,,",
            "B1,b@example.org,B,A1,,,,,,",
            "C1,c@example.org,C,B1,,,,,,",
        )
    )
    with pytest.raises(CommandError, match="line 2: the reporting line runs in a circle"):
        run(people_csv("A1,a@example.org,A,C1,,,,,,"))
    bad_a = "A1,a@example.org,A,C1,Ops,pilot,1,2024-01-01,,"
    swapped = ["B1,b@example.org,B,,,,,,,", bad_a]
    out, _ = run(people_csv(*swapped), "--skip-bad")
    assert out == "1 person changed\n"


def test_leaving_a_bad_row_out_must_not_close_a_circle(
    db: None, run: Callable[..., tuple[str, str]], people_csv: Csv
) -> None:
    run(people_csv("B1,b@example.org,B,,,,,,,", "A1,a@example.org,A,B1,,,,,,"))
    freed = "A1,a@example.org,A,,Ops,pilot,1,2024-01-01,,"  # bad: A keeps reporting to B
    out, err = run(people_csv(freed, "B1,b@example.org,B,A1,,,,,,"), "--skip-bad")
    assert out == "nothing to do\n"
    assert "line 3: the reporting line runs in a circle" in err


def test_a_line_too_long_to_keep_is_an_error(
    db: None, run: Callable[..., tuple[str, str]], people_csv: Csv
) -> None:
    rows = ["P0,p0@example.org,P,,,,,,,"]
    rows += [f"P{n},p{n}@example.org,P,P{n - 1},,,,,," for n in range(1, 51)]
    with pytest.raises(CommandError, match="line 52: the reporting line above has more than 49"):
        run(people_csv(*rows))
    out, _ = run(people_csv(*rows[:50]))
    assert out == "50 people added\n"


def test_stored_positions_count_towards_the_shares(
    db: None, run: Callable[..., tuple[str, str]], people_csv: Csv
) -> None:
    run(people_csv(ANNA))
    with pytest.raises(CommandError, match="together with a stored position"):
        run(people_csv("A1,anna@example.org,Anna Archer,,Ops,lawyer,1,2024-01-01,,yes"))


def test_only_a_full_file_deactivates_and_never_people_made_by_hand(
    db: None,
    run: Callable[..., tuple[str, str]],
    people_csv: Csv,
    make_person: Callable[..., Person],
) -> None:
    hand_made = make_person("Hand Made", external_id=None)
    rows = [f"P{n},p{n}@example.org,P,,Ops,engineer,1,2024-01-01,," for n in range(20)]
    run(people_csv(*rows))
    services.invite_person(Person.objects.get(external_id="P19"), by=None)
    out, _ = run(people_csv(*rows[:18]))
    assert out == "nothing to do\n"
    out, _ = run(people_csv(*rows[:18]), "--full")
    assert (
        out == "deactivated: p18@example.org\ndeactivated: p19@example.org\n2 people deactivated\n"
    )
    gone = Person.objects.get(external_id="P19")
    assert not gone.is_active
    assert gone.positions.get().ends_on is None
    assert Invitation.objects.get().revoked_at
    hand_made.refresh_from_db()
    assert hand_made.is_active
    with pytest.raises(CommandError, match="2 of 18 active people are missing"):
        run(people_csv(*rows[:16]), "--full")
    with pytest.raises(CommandError, match="say --force"):
        run(people_csv(*rows[:16]), "--full", "--skip-bad")
    assert Person.objects.active().count() == 19
    out, _ = run(people_csv(*rows[:16]), "--full", "--force")
    assert "2 people deactivated" in out
    out, _ = run(people_csv(*rows[:17]), "--full")
    assert out == "1 person reactivated\n"


def test_a_full_file_with_a_row_about_nobody_deactivates_nobody(
    db: None, run: Callable[..., tuple[str, str]], people_csv: Csv
) -> None:
    rows = [f"P{n},p{n}@example.org,P,,,,,,," for n in range(20)]
    run(people_csv(*rows))
    with pytest.raises(CommandError, match="must say on each row whom it is about"):
        run(people_csv(*rows[:19], ",p19@example.org,P,,,,,,,"), "--full", "--skip-bad")
    assert Person.objects.active().count() == 20


def test_a_person_whose_row_is_bad_is_not_missing(
    db: None, run: Callable[..., tuple[str, str]], people_csv: Csv
) -> None:
    rows = [f"P{n},p{n}@example.org,P,,,,,,," for n in range(20)]
    run(people_csv(*rows))
    out, _ = run(people_csv(*rows[:19], "P19,nonsense,P,,,,,,,"), "--full", "--skip-bad")
    assert out == "nothing to do\n"


def test_the_uninvited_are_invited_once(
    db: None, run: Callable[..., tuple[str, str]], people_csv: Csv,
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    data = people_csv(ANNA, BEN)
    with django_capture_on_commit_callbacks(execute=True):
        out, _ = run(data, "--invite")
    assert "invited anna@example.org" in out
    assert {message.to[0] for message in mail.outbox} == {"anna@example.org", "ben@example.org"}
    with django_capture_on_commit_callbacks(execute=True):
        assert run(data, "--invite")[0] == "nothing to do\n"
    assert len(mail.outbox) == 2


def test_links_are_printed_again_until_used_and_never_mailed(
    db: None, run: Callable[..., tuple[str, str]], people_csv: Csv, client: Any,
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    data = people_csv(ANNA, BEN)
    with django_capture_on_commit_callbacks(execute=True):
        out, _ = run(data, "--print-links")
    links = dict(line.split("\t") for line in out.splitlines() if "\t" in line)
    assert (
        client.get(links["anna@example.org"].removeprefix("http://testserver")).status_code == 200
    )
    assert mail.outbox == []
    services.accept_invitation(links["ben@example.org"].split("/")[-2], password="quiet-harbour")
    again, _ = run(data, "--print-links")
    links_again = dict(line.split("\t") for line in again.splitlines() if "\t" in line)
    assert links_again == {"anna@example.org": links["anna@example.org"]}


def test_checking_a_large_file_takes_no_query_per_row(
    db: None, people_csv: Csv, django_assert_max_num_queries: Any
) -> None:
    def row(n: int) -> str:
        boss = f"P{n // 10}" if n else ""
        return f"P{n},p{n}@example.org,P,{boss},Ops/Team {n % 9},engineer,1,2024-01-01,,"

    services.apply_people_file(people_csv(*(row(n) for n in range(10))))  # makes the units
    everybody = people_csv(*(row(n) for n in range(500)))
    with django_assert_max_num_queries(40):
        services.apply_people_file(everybody)
    with django_assert_max_num_queries(14):
        services.apply_people_file(everybody)
    assert Person.objects.count() == 500


keys = st.sampled_from(["K1", "K2", "K3", "K4"])
random_rows = st.lists(
    st.builds(
        lambda key, boss, unit, role, share, start, length: (
            f"{key},{key}@example.org,Name {key},{boss},{unit},{role},{share},"
            f"2026-{start:02d}-01,{f'2026-{start + length:02d}-15' if length else ''},"
        ),
        keys,
        st.sampled_from(["", "", "K1", "K2", "K3", "K5"]),
        st.sampled_from(["A", "A/B", "C"]),
        st.sampled_from(["engineer", "lawyer"]),
        st.sampled_from(["0.5", "0.25", "1", ""]),
        st.integers(1, 9),
        st.integers(0, 3),
    ),
    min_size=1,
    max_size=6,
)


@pytest.mark.slow
@settings(
    max_examples=examples(40),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(files=st.lists(random_rows, min_size=1, max_size=3))
def test_importing_twice_changes_nothing(files: list[list[str]], people_csv: Csv) -> None:
    for rows in files:
        data = people_csv(*rows)
        services.apply_people_file(data, skip_bad=True)
        before = everything()
        planned = services.apply_people_file(data, skip_bad=True, dry_run=True)
        report = services.apply_people_file(data, skip_bad=True)
        assert not any(report.summary.values())
        assert planned.summary == report.summary
        assert everything() == before
        for person in Person.objects.all():
            above = person.manager.line_path if person.manager else ""
            assert person.line_path == above + person.line_step


def test_bad_rows_carry_their_lines(db: None, people_csv: Csv) -> None:
    with pytest.raises(BadRows) as error:
        services.apply_people_file(people_csv("X1,nonsense,X,,,,,,,", ANNA))
    assert [problem.line for problem in error.value.problems] == [2]

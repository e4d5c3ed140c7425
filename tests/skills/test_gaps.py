"""What is required of whom, and how far they are from it."""

from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from accounts.models import JobRole, Person
from skills.enums import CellStatus, Kind, RequirementState, State
from skills.exceptions import NoPolicyPublished
from skills.models import Competency, Exemption, PolicyVersion, Requirement, Skill
from skills.services.gaps import PersonGaps, person_gaps

TODAY = date(2026, 11, 22)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]
Make = Callable[..., Any]


@pytest.fixture
def engineer(org: SimpleNamespace, make_job_role: Make) -> JobRole:
    role: JobRole = make_job_role("engineer", name="Engineer", inherits=org.employee)
    return role


@pytest.fixture
def person(make_person: Make) -> Person:
    return make_person("Asha Rao")


def gaps_of(person: Person, **more: Any) -> PersonGaps:
    return person_gaps([person.pk], **more)[person.pk]


def states(person: Person, **more: Any) -> dict[str, str]:
    return {
        row.skill.slug: row.requirement_state.value if row.requirement_state else "none"
        for row in gaps_of(person, **more).rows
    }


def test_without_a_position_the_requirements_of_everybody_hold(
    org: SimpleNamespace, person: Person, require: Make, engineer: JobRole
) -> None:
    require(org.employee, org.plain, 2)
    require(engineer, org.brief, 3)
    assert [row.skill.slug for row in gaps_of(person).rows] == ["plain"]


def test_positions_and_everybodys_requirements_are_merged_by_their_maximum(
    org: SimpleNamespace,
    person: Person,
    require: Make,
    engineer: JobRole,
    make_position: Make,
    make_job_role: Make,
) -> None:
    lead = make_job_role("lead", name="Lead")
    require(org.employee, org.plain, 2, 3)
    require(engineer, org.plain, 3, 2)
    require(engineer, org.brief, 1, 1)
    require(lead, org.brief, 1, 2)
    make_position(person, job_role=engineer, share="0.5")
    make_position(person, job_role=lead, share="0.5")
    plain, brief = gaps_of(person).rows
    assert (plain.required_level, plain.weight, plain.blocking_level) == (3, 3, 2)
    assert (plain.job_role, plain.job_role_name) == ("engineer", "Engineer")
    assert (brief.required_level, brief.weight, brief.job_role) == (1, 2, "lead")


def test_a_role_brings_what_it_inherits_over_two_steps(
    org: SimpleNamespace, person: Person, require: Make, make_job_role: Make, make_position: Make
) -> None:
    top = make_job_role("top")
    middle = make_job_role("middle", inherits=top)
    own = make_job_role("own", inherits=middle)
    for role, skill in ((top, org.plain), (middle, org.keystone), (own, org.brief)):
        require(role, skill, 1)
    make_position(person, job_role=own)
    assert [row.job_role for row in gaps_of(person).rows] == ["top", "middle", "own"]


def test_only_positions_of_the_day_count(
    org: SimpleNamespace, person: Person, require: Make, engineer: JobRole, make_position: Make
) -> None:
    require(engineer, org.plain, 2)
    make_position(person, job_role=engineer, starts_on=date(2026, 1, 1), ends_on=date(2026, 6, 30))
    for day, count in (
        (date(2025, 12, 31), 0),
        (date(2026, 1, 1), 1),
        (date(2026, 6, 30), 1),
        (date(2026, 7, 1), 0),
    ):
        assert len(gaps_of(person, as_of=day).rows) == count


def test_requirements_keep_their_history(
    org: SimpleNamespace, person: Person, require: Make
) -> None:
    require(org.employee, org.plain, 1, valid_to=date(2026, 10, 1))
    require(org.employee, org.plain, 3, valid_from=date(2026, 10, 1))
    for day, level in ((date(2026, 9, 30), 1), (date(2026, 10, 1), 3), (TODAY, 3)):
        assert gaps_of(person, as_of=day).rows[0].required_level == level


def test_a_withdrawn_skill_is_required_of_nobody(
    org: SimpleNamespace, person: Person, require: Make
) -> None:
    require(org.employee, org.plain, 1)
    Skill.objects.filter(pk=org.plain.pk).update(is_active=False)
    assert gaps_of(person).rows == ()


def test_the_gap_is_the_weighted_share_of_what_is_missing(
    org: SimpleNamespace, person: Person, require: Make, give: Make
) -> None:
    require(org.employee, org.plain, 2, 3)
    require(org.employee, org.brief, 1, 1)
    require(org.employee, org.keystone, 1, 2)
    give(person, org.plain, Kind.QUIZ, 1, 5)
    give(person, org.brief, Kind.QUIZ, 1, 5)
    found = gaps_of(person)
    assert found.gap == pytest.approx((3 * 1 + 2 * 1) / (3 * 2 + 1 * 1 + 2 * 1))
    assert (found.met, found.required_count, found.blocking_count) == (1, 3, 1)
    assert found.policy_version == "t1"
    plain = found.row("plain")
    assert plain is not None
    assert plain.blocking
    assert (plain.requirement_state, plain.shortfall) == (RequirementState.SHORT, 1)
    assert plain.status is CellStatus.BELOW
    assert [each for each in CellStatus if plain.says(each)] == [
        CellStatus.BLOCKING,
        CellStatus.BELOW,
    ]
    assert [row.skill.slug for row in found.unmet_rows] == ["plain", "keystone"]
    assert found.row("nothing") is None


def test_nothing_required_gives_no_figure(org: SimpleNamespace, person: Person) -> None:
    found = gaps_of(person)
    assert (found.gap, found.required_count, found.rows) == (None, 0, ())


def test_an_exempt_requirement_leaves_both_sums_and_shows_its_date(
    org: SimpleNamespace, person: Person, require: Make, make_person: Make
) -> None:
    require(org.employee, org.plain, 2, 3)
    require(org.employee, org.brief, 1)
    for skill, ends in ((org.plain, TODAY), (org.brief, TODAY - timedelta(days=1))):
        Exemption.objects.create(
            person=person,
            skill=skill,
            starts_on=TODAY - timedelta(days=30),
            ends_on=ends,
            reason="On leave",
            approved_by=make_person(),
        )
    found = gaps_of(person)
    plain, brief = found.rows
    assert (plain.requirement_state, plain.until) == (RequirementState.EXEMPT, TODAY)
    assert not plain.blocking
    assert plain.status is CellStatus.EXEMPT
    assert brief.requirement_state is RequirementState.SHORT
    assert (found.gap, found.required_count, found.blocking_count) == (1, 1, 0)
    assert gaps_of(person, as_of=TODAY + timedelta(days=1)).required_count == 2


def test_a_new_position_has_grace_but_everybodys_requirements_bind_at_once(
    org: SimpleNamespace, person: Person, require: Make, engineer: JobRole, make_position: Make
) -> None:
    require(org.employee, org.plain, 1)
    require(engineer, org.brief, 2, 3)
    start = date(2026, 11, 1)
    make_position(person, job_role=engineer, starts_on=start)
    last = start + timedelta(days=89)
    found = gaps_of(person)
    assert states(person) == {"plain": "short", "brief": "in_grace"}
    assert found.rows[1].until == last
    assert found.rows[1].status is CellStatus.IN_GRACE
    assert found.blocking_count == 0
    assert states(person, as_of=last) == {"plain": "short", "brief": "in_grace"}
    assert states(person, as_of=last + timedelta(days=1)) == {"plain": "short", "brief": "short"}


def test_a_reorganisation_begins_no_new_grace(
    org: SimpleNamespace, person: Person, require: Make, engineer: JobRole, make_position: Make
) -> None:
    require(engineer, org.brief, 2)
    start, moved = date(2026, 10, 1), date(2026, 11, 1)
    make_position(person, job_role=engineer, starts_on=start, ends_on=moved - timedelta(days=1))
    make_position(person, job_role=engineer, starts_on=moved)
    last = start + timedelta(days=89)
    for day in (moved - timedelta(days=1), moved, TODAY, last):
        assert [row.until for row in gaps_of(person, as_of=day).rows] == [last]
    assert states(person, as_of=last + timedelta(days=1)) == {"brief": "short"}


def test_a_day_without_the_role_begins_its_grace_anew(
    org: SimpleNamespace, person: Person, require: Make, engineer: JobRole, make_position: Make
) -> None:
    require(engineer, org.brief, 2)
    moved = date(2026, 11, 1)
    make_position(person, job_role=engineer, ends_on=moved - timedelta(days=2))
    make_position(person, job_role=engineer, starts_on=moved)
    assert gaps_of(person).rows[0].until == moved + timedelta(days=89)


def test_what_an_inherited_role_asked_before_is_not_in_grace_after_a_promotion(
    org: SimpleNamespace, person: Person, require: Make, engineer: JobRole, make_position: Make,
    make_job_role: Make,
) -> None:  # fmt: skip
    require(engineer, org.brief, 2)
    lead = make_job_role("lead", inherits=engineer)
    require(lead, org.plain, 3)
    moved = date(2026, 11, 1)
    make_position(person, job_role=engineer, ends_on=moved - timedelta(days=1))
    make_position(person, job_role=lead, starts_on=moved)
    assert states(person) == {"plain": "in_grace", "brief": "short"}


def test_a_requirement_may_bring_its_own_grace(
    org: SimpleNamespace, person: Person, require: Make
) -> None:
    require(org.employee, org.plain, 1, grace_until=TODAY)
    assert states(person) == {"plain": "in_grace"}
    assert states(person, as_of=TODAY + timedelta(days=1)) == {"plain": "short"}


def test_a_long_held_position_in_the_role_ends_the_grace_of_a_second(
    org: SimpleNamespace, person: Person, require: Make, engineer: JobRole, make_position: Make
) -> None:
    require(engineer, org.brief, 2)
    make_position(person, job_role=engineer, share="0.5")
    make_position(person, job_role=engineer, share="0.5", starts_on=date(2026, 11, 1))
    assert states(person) == {"brief": "short"}


def test_skills_that_nothing_requires_are_rows_on_request(
    org: SimpleNamespace, person: Person, require: Make, give: Make
) -> None:
    require(org.employee, org.brief, 1)
    give(person, org.plain, Kind.QUIZ, 1, 5)
    assert states(person) == {"brief": "short"}
    assert states(person, unrequired=True) == {"plain": "none", "brief": "short"}
    row = gaps_of(person, unrequired=True).rows[0]
    assert (row.required, row.unmet, row.binds) == (False, False, False)
    assert (row.status, row.verified_level) == (CellStatus.NOT_REQUIRED, 1)


def test_the_status_names_review_staleness_and_what_falls_soon(
    org: SimpleNamespace, person: Person, require: Make, give: Make
) -> None:
    def status(**stored: Any) -> CellStatus:
        Competency.objects.update(**stored)
        return gaps_of(person).rows[0].status

    require(org.employee, org.plain, 1)
    assert gaps_of(person).rows[0].status is CellStatus.NO_EVIDENCE
    give(person, org.plain, Kind.PRACTICAL_TASK, 1, 5)
    assert status() is CellStatus.MET
    assert status(due_on=TODAY + timedelta(days=61)) is CellStatus.MET
    assert status(due_on=TODAY + timedelta(days=60)) is CellStatus.DUE_SOON
    assert status(state=State.STALE) is CellStatus.STALE
    assert status(state=State.UNDER_REVIEW) is CellStatus.UNDER_REVIEW
    assert status(verified_level=0, state=State.LAPSED) is CellStatus.LAPSED
    assert status(state=State.CURRENT) is CellStatus.BELOW


def test_what_is_asked_in_grace_is_open_and_what_is_excused_is_not(
    org: SimpleNamespace, person: Person, require: Make, give: Make, make_person: Make
) -> None:
    later = TODAY + timedelta(days=9)
    for skill in (org.plain, org.brief, org.keystone, org.yearly):
        grace = None if skill is org.plain else later
        require(org.employee, skill, 1, grace_until=grace)
    give(person, org.keystone, Kind.QUIZ, 1, 5)
    Exemption.objects.create(
        person=person, skill=org.yearly, starts_on=TODAY, ends_on=later, reason="On leave",
        approved_by=make_person(),
    )  # fmt: skip
    open_rows = [row.skill.slug for row in gaps_of(person).rows if row.open]
    assert open_rows == ["plain", "brief"]


def test_as_of_and_known_at_reach_the_evidence(
    org: SimpleNamespace, person: Person, require: Make, give: Make
) -> None:
    require(org.employee, org.plain, 1)
    recorded = give(person, org.plain, Kind.QUIZ, 1, date(2026, 11, 1)).evidence
    assert gaps_of(person, as_of=date(2026, 10, 31)).gap == 1
    assert gaps_of(person, as_of=date(2026, 11, 1)).gap == 0
    earlier = recorded.recorded_at - timedelta(seconds=1)
    assert gaps_of(person, known_at=earlier).gap == 1


def test_gaps_are_not_figured_without_a_policy(org: SimpleNamespace, person: Person) -> None:
    PolicyVersion.objects.update(is_current=False)
    with pytest.raises(NoPolicyPublished):
        person_gaps([person.pk])


def test_nobody_asked_costs_nothing(db: None, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert person_gaps([]) == {}


@pytest.mark.parametrize("count", [1, 50])
def test_the_gaps_of_one_and_of_fifty_people_cost_three_queries(
    org: SimpleNamespace,
    make_person: Make,
    require: Make,
    engineer: JobRole,
    make_position: Make,
    give: Make,
    count: int,
    django_assert_num_queries: Any,
) -> None:
    require(org.employee, org.plain, 1)
    require(engineer, org.brief, 2)
    unit = make_position(make_person()).unit
    people = [make_person() for _ in range(count)]
    for each in people:
        make_position(each, job_role=engineer, unit=unit)
        give(each, org.plain, Kind.QUIZ, 1, 5)
    with django_assert_num_queries(3):
        found = person_gaps([each.pk for each in people])
    assert len(found) == count
    Competency.objects.update(computed_on=date(2020, 1, 1), next_change_on=date(2020, 1, 2))
    with django_assert_num_queries(4):
        assert person_gaps([each.pk for each in people]) == found


def test_requirements_are_valid_up_to_their_last_day(org: SimpleNamespace, require: Make) -> None:
    row = require(org.employee, org.plain, 1, valid_to=TODAY)
    assert row not in Requirement.objects.valid_on(TODAY)
    assert row in Requirement.objects.valid_on(TODAY - timedelta(days=1))

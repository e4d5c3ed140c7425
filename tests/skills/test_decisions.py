"""Revoking, accepting, settling, appointing, exempting."""

from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from accounts.enums import Group
from accounts.models import Person
from skills.enums import Kind, State
from skills.exceptions import DecisionRefused, EntryRefused
from skills.models import (
    AssessorAppointment,
    Competency,
    Evidence,
    Exemption,
    Revocation,
    Settlement,
)
from skills.services.appointments import (
    appoint_assessor,
    end_appointment,
    end_exemption,
    grant_exemption,
)
from skills.services.decisions import (
    accept_credential,
    open_contradictions,
    revoke_evidence,
    settle_contradiction,
)
from skills.services.explain import evidence_lines, why_this_level
from skills.services.reading import standings

TODAY = date(2026, 11, 22)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]
Make = Callable[..., Any]


def refusal(code: str, match: str | None = None) -> Any:
    return pytest.raises(DecisionRefused, match=match, check=lambda error: error.code == code)


@pytest.fixture
def person(make_person: Make) -> Person:
    return make_person("Asha Rao")


def level(person: Person) -> int:
    return Competency.objects.get(person=person).verified_level


# --- revoking -------------------------------------------------------------------------------


def test_a_revoked_row_counts_as_if_it_had_never_been(
    org: SimpleNamespace, person: Person, give: Make, make_person: Make
) -> None:
    give(person, org.plain, Kind.QUIZ, 1, 9)
    row = give(person, org.plain, Kind.PRACTICAL_TASK, 2, 5).evidence
    assert level(person) == 2
    hr = make_person(groups=[Group.HR])
    revocation = revoke_evidence(row, reason=" Wrong person ", by=hr)
    assert (revocation.reason, revocation.recorded_by) == ("Wrong person", hr)
    assert revocation.revoked_on == TODAY
    assert level(person) == 1
    assert Evidence.objects.count() == 2


def test_a_revocation_needs_a_reason_and_comes_once(
    org: SimpleNamespace, person: Person, give: Make
) -> None:
    row = give(person, org.plain, Kind.QUIZ, 1, 5).evidence
    with refusal("no_reason"):
        revoke_evidence(row, reason="  ")
    revoke_evidence(row, reason="A mistake", client="hr-suite")
    assert Revocation.objects.get().recorded_by_client == "hr-suite"
    with refusal("already_revoked"):
        revoke_evidence(row, reason="Again")


def test_a_revoked_retake_gives_the_row_it_replaced_back(
    org: SimpleNamespace, person: Person, give: Make, make_assessor: Make
) -> None:
    assessors = [make_assessor()]
    give(person, org.plain, Kind.DRILL, 2, 100, assessors=assessors)
    retake = give(person, org.plain, Kind.DRILL, 0, 5, assessors=assessors).evidence
    assert level(person) == 0
    revoke_evidence(retake, reason="Marked for another person")
    assert level(person) == 2


# --- accepting ------------------------------------------------------------------------------


def test_acceptance_revokes_the_row_and_writes_it_anew(
    org: SimpleNamespace, person: Person, give: Make, make_assessor: Make
) -> None:
    give(person, org.plain, Kind.ADAPTIVE_ASSESSMENT, 2, 30)
    waiting = give(
        person,
        org.plain,
        Kind.CREDENTIAL_PERFORMANCE,
        3,
        30,
        expires_on=TODAY + timedelta(days=300),
        ai_condition="unaided",
        example="Exam",
        example_on=date(2026, 10, 1),
    ).evidence
    assert (waiting.ceiling, level(person)) == (2, 2)
    assessor = make_assessor("Tom Hale")
    recorded = accept_credential(waiting, by=assessor)
    row = recorded.evidence
    assert (row.accepted_by, row.recorded_by, row.ceiling) == (assessor, assessor, None)
    for name in ("level", "observed_on", "expires_on", "source", "ai_condition", "detail"):
        assert getattr(row, name) == getattr(waiting, name)
    assert (level(person), recorded.moved) == (3, True)
    assert "Tom Hale" in Revocation.objects.get(evidence=waiting).reason


def test_only_an_assessor_accepts_and_only_what_waits(
    org: SimpleNamespace, person: Person, give: Make, make_assessor: Make, make_person: Make
) -> None:
    waiting = give(person, org.plain, Kind.CREDENTIAL_KNOWLEDGE, 2, 30).evidence
    quiz = give(person, org.plain, Kind.QUIZ, 1, 30).evidence
    with refusal("no_assessor"):
        accept_credential(waiting, by=make_person())
    with refusal("own_credential"):
        accept_credential(waiting, by=person)
    with refusal("nothing_to_accept"):
        accept_credential(quiz, by=make_assessor())
    row = accept_credential(waiting, by=make_assessor()).evidence
    with refusal("nothing_to_accept"):
        accept_credential(row, by=make_assessor())
    with refusal("already_revoked"):
        accept_credential(waiting, by=make_assessor())


def test_an_assessor_without_reach_on_the_day_observed_changes_nothing(
    org: SimpleNamespace, person: Person, give: Make, make_person: Make
) -> None:
    waiting = give(person, org.plain, Kind.CREDENTIAL_KNOWLEDGE, 2, 30).evidence
    late = make_person()
    appoint_assessor(person=late, domain=org.domains["core"], level=3, reason="Trained")
    with pytest.raises(EntryRefused):
        accept_credential(waiting, by=late)
    assert not Revocation.objects.exists()


# --- settling -------------------------------------------------------------------------------


@pytest.fixture
def pair(org: SimpleNamespace, person: Person, give: Make) -> SimpleNamespace:
    """A task at 3 contradicted by an assessment at 0 shortly before."""
    low = give(person, org.plain, Kind.ADAPTIVE_ASSESSMENT, 0, 10).evidence
    high = give(person, org.plain, Kind.PRACTICAL_TASK_DOUBLE, 3, 5).evidence
    return SimpleNamespace(low=low, high=high)


def test_a_settlement_ends_the_review_on_the_day(
    org: SimpleNamespace, person: Person, pair: SimpleNamespace, make_assessor: Make
) -> None:
    row = Competency.objects.get()
    assert (row.state, row.verified_level) == (State.UNDER_REVIEW, 0)
    assert open_contradictions(person.pk, org.plain.pk) == [(pair.high.pk, pair.low.pk)]
    before = timezone.now()
    reviewer = make_assessor("Rae Vine")
    settlement = settle_contradiction(
        pair.low, pair.high, reviewer=reviewer, reason="The screen froze"
    )
    assert settlement.decided_on == TODAY
    row = Competency.objects.get()
    assert (row.state, row.verified_level) == (State.CURRENT, 2)
    key = (person.pk, org.plain.pk)
    assert standings([person.pk], known_at=before)[key].state is State.UNDER_REVIEW
    yesterday = standings([person.pk], as_of=TODAY - timedelta(days=1))
    assert yesterday[key].state is State.UNDER_REVIEW
    ended = why_this_level(person, org.plain).no_longer[0]
    assert ended.ended_text == "Set aside by Rae Vine: The screen froze"


def test_a_council_member_may_settle(
    org: SimpleNamespace, person: Person, pair: SimpleNamespace, make_person: Make
) -> None:
    council = make_person(groups=[Group.COUNCIL])
    settle_contradiction(pair.high, pair.low, reviewer=council, reason="Marked too high")
    assert Competency.objects.get().verified_level == 0


def test_a_settlement_falls_with_the_row_that_was_kept(
    org: SimpleNamespace, person: Person, pair: SimpleNamespace, give: Make, make_assessor: Make
) -> None:
    reviewer = make_assessor()
    settle_contradiction(pair.high, pair.low, reviewer=reviewer, reason="Marked too high")
    revoke_evidence(pair.low, reason="Wrong person", by=reviewer)
    assert Competency.objects.get().verified_level == 2
    low = give(person, org.plain, Kind.ADAPTIVE_ASSESSMENT, 0, 1).evidence
    assert Competency.objects.get().state == State.UNDER_REVIEW
    with refusal("settled_before", "set the other one aside, or revoke the one that is a mistake"):
        settle_contradiction(pair.high, low, reviewer=reviewer, reason="Again")
    settle_contradiction(low, pair.high, reviewer=reviewer, reason="Too short")  # as it says
    assert Competency.objects.get().verified_level == 2


def test_a_settlement_that_fell_is_told_as_fallen(
    org: SimpleNamespace, person: Person, pair: SimpleNamespace, make_assessor: Make,
    sign_in: Make, django_assert_num_queries: Any,
) -> None:  # fmt: skip
    reviewer = make_assessor("Rae Vine")
    settle_contradiction(pair.high, pair.low, reviewer=reviewer, reason="Marked too high")
    with django_assert_num_queries(2):
        _, high = evidence_lines(person)
    assert (high.set_aside_on, high.set_aside_by, high.set_aside_fell) == (TODAY, "Rae Vine", False)
    revoke_evidence(pair.low, reason="Wrong person", by=reviewer)
    _, high = evidence_lines(person)
    assert (high.set_aside_by, high.set_aside_fell) == ("Rae Vine", True)
    page = sign_in(person).get("/skills/record/").content.decode()
    assert "(no longer holds: the piece kept then was revoked)" in page


def test_who_vouched_the_person_and_strangers_may_not_settle(
    org: SimpleNamespace,
    person: Person,
    pair: SimpleNamespace,
    make_person: Make,
) -> None:
    uuids = [member.partition(":")[2] for member in pair.high.source]
    vouched = Person.objects.get(uuid=uuids[0])
    for reviewer in (vouched, person, make_person(), make_person(groups=[Group.HR])):
        with refusal("may_not_review"):
            settle_contradiction(pair.low, pair.high, reviewer=reviewer, reason="So")
    with refusal("no_reason"):
        settle_contradiction(pair.low, pair.high, reviewer=person, reason="")


def test_who_is_in_the_source_of_either_piece_may_not_settle(
    org: SimpleNamespace, person: Person, give: Make, make_assessor: Make
) -> None:
    of_low, of_high = make_assessor(), make_assessor()
    low = give(person, org.plain, Kind.DRILL, 0, 10, assessors=[of_low]).evidence
    high = give(person, org.plain, Kind.PRACTICAL_TASK, 2, 5, assessors=[of_high]).evidence
    assert open_contradictions(person.pk, org.plain.pk) == [(high.pk, low.pk)]
    for reviewer in (of_low, of_high):
        for aside, kept in ((low, high), (high, low)):
            with refusal("may_not_review"):
                settle_contradiction(aside, kept, reviewer=reviewer, reason="So")
    assert not Settlement.objects.exists()


def test_who_accepted_a_credential_of_the_pair_may_not_settle(
    org: SimpleNamespace, person: Person, give: Make, make_assessor: Make
) -> None:
    accepted = make_assessor()
    low = give(person, org.plain, Kind.ADAPTIVE_ASSESSMENT, 0, 10).evidence
    waiting = give(person, org.plain, Kind.CREDENTIAL_PERFORMANCE, 3, 5).evidence
    high = accept_credential(waiting, by=accepted).evidence
    for aside, kept in ((low, high), (high, low)):
        with refusal("may_not_review"):
            settle_contradiction(aside, kept, reviewer=accepted, reason="So")
    settle_contradiction(low, high, reviewer=make_assessor(), reason="So")


def test_an_assessor_may_not_settle_their_own_pair(
    org: SimpleNamespace, give: Make, make_assessor: Make
) -> None:
    person = make_assessor(groups=[Group.COUNCIL])
    low = give(person, org.plain, Kind.ADAPTIVE_ASSESSMENT, 0, 10).evidence
    high = give(person, org.plain, Kind.PRACTICAL_TASK, 2, 5).evidence
    with refusal("may_not_review"):
        settle_contradiction(low, high, reviewer=person, reason="So")


def test_who_typed_a_row_in_without_standing_behind_it_may_settle(
    org: SimpleNamespace, person: Person, give: Make, make_assessor: Make
) -> None:
    clerk = make_assessor()
    low = give(person, org.plain, Kind.ADAPTIVE_ASSESSMENT, 0, 10, recorded_by=clerk).evidence
    high = give(person, org.plain, Kind.PRACTICAL_TASK, 2, 5, recorded_by=clerk).evidence
    settle_contradiction(low, high, reviewer=clerk, reason="So")


def test_only_a_standing_contradiction_is_settled(
    org: SimpleNamespace,
    person: Person,
    pair: SimpleNamespace,
    give: Make,
    make_assessor: Make,
) -> None:
    other = give(person, org.plain, Kind.QUIZ, 1, 5).evidence
    reviewer = make_assessor()
    with refusal("no_contradiction"):
        settle_contradiction(other, pair.high, reviewer=reviewer, reason="So")
    settle_contradiction(pair.low, pair.high, reviewer=reviewer, reason="So")
    with refusal("no_contradiction"):
        settle_contradiction(pair.low, pair.high, reviewer=reviewer, reason="Once more")
    assert open_contradictions(person.pk, org.brief.pk) == []


# --- appointing and exempting ---------------------------------------------------------------


def test_an_assessor_is_appointed_from_today_until_further_notice(
    org: SimpleNamespace, person: Person, make_person: Make
) -> None:
    by = make_person()
    made = appoint_assessor(
        person=person, domain=org.domains["core"], level=3, reason=" First ", by=by, founding=True
    )
    assert (made.starts_on, made.ends_on, made.reason) == (TODAY, None, "First")
    assert (made.is_founding, made.appointed_by) == (True, by)
    end_appointment(made, on=TODAY)
    assert made in AssessorAppointment.objects.valid_on(TODAY)
    assert made not in AssessorAppointment.objects.valid_on(TODAY + timedelta(days=1))
    with refusal("ends_before_start"):
        end_appointment(made, on=TODAY - timedelta(days=1))
    with refusal("ends_later"):
        end_appointment(made, on=TODAY + timedelta(days=1))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"level": 0}, "level_off_scale"),
        ({"level": 5}, "level_off_scale"),
        ({"reason": " "}, "no_reason"),
        ({"ends_on": date(2026, 11, 21)}, "ends_before_start"),
        ({"by": "self"}, "oneself"),
    ],
)
def test_an_appointment_is_refused_with_a_code(
    org: SimpleNamespace, person: Person, change: dict[str, Any], code: str
) -> None:
    given = {"person": person, "domain": org.domains["core"], "level": 3, "reason": "Trained"}
    given |= {name: person if value == "self" else value for name, value in change.items()}
    with refusal(code):
        appoint_assessor(**given)


def test_an_exemption_frees_for_a_time(
    org: SimpleNamespace, person: Person, make_person: Make
) -> None:
    by = make_person()
    made = grant_exemption(
        person=person, skill=org.plain, reason="On leave", by=by, ends_on=date(2026, 12, 31)
    )
    assert (made.starts_on, made.approved_by) == (TODAY, by)
    end_exemption(made, on=TODAY)
    assert not Exemption.objects.valid_on(TODAY + timedelta(days=1)).exists()
    with refusal("ends_before_start"):
        end_exemption(made, on=TODAY - timedelta(days=1))
    made.ends_on = TODAY + timedelta(days=9)  # what counts is the stored day
    with refusal("ends_later"):
        end_exemption(made, on=TODAY + timedelta(days=1))
    for change, code in (
        ({"by": person}, "oneself"),
        ({"reason": ""}, "no_reason"),
        ({"ends_on": date(2026, 11, 1)}, "ends_before_start"),
    ):
        given: dict[str, Any] = {"by": by, "reason": "On leave", "ends_on": TODAY} | change
        with refusal(code):
            grant_exemption(person=person, skill=org.plain, **given)

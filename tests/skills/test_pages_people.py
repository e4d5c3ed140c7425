"""My skills, Why this level, claims and the learning record, tried by everybody who may come."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import Person, RecordAccess
from skills.enums import Kind
from skills.models import (
    Competency,
    Evidence,
    PolicyVersion,
    Requirement,
    Skill,
)
from skills.services.appointments import grant_exemption
from skills.services.decisions import revoke_evidence
from skills.services.framework import note_checks
from skills.services.gaps import person_gaps
from skills.services.ledger import record_claim

TODAY = date(2026, 11, 22)
SignIn = Callable[[Person], Client]
Give = Callable[..., Any]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]


@pytest.fixture
def on_the_day() -> Any:
    with time_machine.travel("2026-11-22 10:00:00Z", tick=True):
        yield


def pages_about(person: Person) -> list[str]:
    return [
        reverse("skills:person-skills", args=[person.uuid]),
        reverse("skills:person-skill-detail", args=[person.uuid, "plain"]),
        reverse("skills:record", args=[person.uuid]),
    ]


OWN_PAGES = [
    reverse("skills:my-skills"),
    reverse("skills:skill-detail", args=["plain"]),
    reverse("skills:claim-create", args=["plain"]),
    reverse("skills:record"),
]


@pytest.mark.parametrize("place", [0, 1, 2], ids=["skills", "why", "record"])
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
def test_a_record_opens_to_the_line_hr_and_auditors_and_the_look_is_logged(
    line: SimpleNamespace, sign_in: SignIn, viewer: str, status: int, place: int
) -> None:
    looker = getattr(line, viewer)
    response = sign_in(looker).get(pages_about(line.person)[place])
    assert response.status_code == status
    looks = RecordAccess.objects.filter(subject=line.person)
    logged = status == 200 and viewer != "person"
    assert [look.actor for look in looks] == ([looker] if logged else [])


@pytest.mark.parametrize("url", OWN_PAGES)
def test_own_pages_open_to_everybody_signed_in_and_send_others_to_sign_in(
    line: SimpleNamespace, client: Client, sign_in: SignIn, url: str
) -> None:
    response = client.get(url)
    assert (response.status_code, "/sign-in/" in response["Location"]) == (302, True)
    assert sign_in(line.stranger).get(url).status_code == 200


def test_pages_about_somebody_send_the_anonymous_to_sign_in(
    line: SimpleNamespace, client: Client
) -> None:
    for url in pages_about(line.person):
        assert client.get(url).status_code == 302


def test_an_unknown_person_or_skill_is_not_found(line: SimpleNamespace, sign_in: SignIn) -> None:
    client = sign_in(line.hr)
    nobody = "00000000-0000-4000-8000-000000000000"
    assert client.get(reverse("skills:person-skills", args=[nobody])).status_code == 404
    assert client.get(reverse("skills:skill-detail", args=["no-such"])).status_code == 404
    assert client.get(reverse("skills:claim-create", args=["no-such"])).status_code == 404


def test_my_skills_says_what_is_met_and_what_blocks(
    line: SimpleNamespace, org: SimpleNamespace, give: Give, sign_in: SignIn
) -> None:
    give(line.person, org.keystone, Kind.QUIZ, 1, 30)
    page = sign_in(line.person).get(reverse("skills:my-skills")).content.decode()
    assert "You meet 1 of 3 requirements; 1 gap blocks." in " ".join(page.split())
    # 3 x 2 + 2 x 1 + 1 x 1 weighted levels are asked, 7 of them missing
    assert "7 of 9 weighted levels are missing." in " ".join(page.split())
    assert "78%" in page
    assert "not been validated on people" in " ".join(page.split())


def test_my_skills_lists_blocking_first_and_filters_by_domain_and_state(
    line: SimpleNamespace, org: SimpleNamespace, give: Give, sign_in: SignIn
) -> None:
    give(line.person, org.keystone, Kind.QUIZ, 1, 30)
    client = sign_in(line.person)

    def shown(**query: str) -> list[str]:
        lines = client.get(reverse("skills:my-skills"), query).context["lines"]
        return [each.row.skill.slug for each in lines]

    assert shown() == ["plain", "brief", "keystone"]
    assert shown(sort="domain") == ["plain", "keystone", "brief"]
    assert shown(sort="due") == ["keystone", "plain", "brief"]
    assert shown(domain="security") == ["brief"]
    assert shown(state="met") == ["keystone"]
    assert shown(state="nonsense", domain="nonsense") == ["plain", "brief", "keystone"]
    assert shown(state="stale") == []
    assert "No skill matches" in client.get("/skills/?state=stale").content.decode()


def test_evidence_beyond_the_roles_has_a_list_of_its_own(
    line: SimpleNamespace, org: SimpleNamespace, give: Give, sign_in: SignIn
) -> None:
    client = sign_in(line.person)
    assert "No evidence beyond the roles" in client.get("/skills/?show=other").content.decode()
    give(line.person, org.yearly, Kind.QUIZ, 1, 30)
    lines = client.get("/skills/?show=other").context["lines"]
    assert [each.row.skill.slug for each in lines] == ["yearly"]


def test_an_exempt_requirement_is_named_with_its_date_and_not_counted(
    line: SimpleNamespace, org: SimpleNamespace, sign_in: SignIn
) -> None:
    grant_exemption(
        person=line.person, skill=org.plain, reason="Leave", by=line.hr, ends_on=date(2027, 5, 12)
    )
    page = " ".join(sign_in(line.person).get("/skills/").content.decode().split())
    assert "You meet 0 of 2 requirements; no gap blocks." in page
    assert "Not counted: 1 requirement, exempt until" in page
    assert ">12 May 2027" in page.split("Not counted")[1]


def test_what_is_in_grace_until_the_same_day_is_told_in_one_line(
    line: SimpleNamespace, org: SimpleNamespace, sign_in: SignIn, require: Any
) -> None:
    Requirement.objects.all().delete()
    ends = {org.plain: 9, org.brief: 60, org.yearly: 60}
    for skill, days in ends.items():
        require(org.employee, skill, 1, grace_until=TODAY + timedelta(days=days))
    left_out = sign_in(line.person).get("/skills/").context["left_out"]
    assert [(each.reason, each.skills) for each in left_out] == [
        ("in grace", ("Plain",)),
        ("in grace", ("Brief", "Yearly")),
    ]


def test_what_is_in_grace_beside_what_binds_is_told_with_its_level(
    line: SimpleNamespace, org: SimpleNamespace, sign_in: SignIn, require: Any,
    make_job_role: Any, make_position: Any,
) -> None:  # fmt: skip
    Requirement.objects.all().delete()
    require(org.employee, org.plain, 1)
    require(org.employee, org.brief, 2)
    role = make_job_role("engineer", inherits=org.employee)
    require(role, org.plain, 3)
    require(role, org.brief, 2)  # asks for no more than what binds
    make_position(line.person, job_role=role, starts_on=TODAY)
    left_out = sign_in(line.person).get("/skills/").context["left_out"]
    assert [(each.reason, each.until, each.skills) for each in left_out] == [
        ("in grace", TODAY + timedelta(days=89), ("Plain, level 3 and weight 2",)),
    ]


def test_somebody_with_no_binding_requirement_has_no_figure(
    make_person: Any, org: SimpleNamespace, sign_in: SignIn
) -> None:
    page = " ".join(sign_in(make_person()).get("/skills/").content.decode().split())
    assert "No requirement binds you today." in page
    assert "No figure" in page
    assert "No role asks for a skill today" in page


def test_my_skills_takes_at_most_eight_queries_even_before_the_nightly_job(
    line: SimpleNamespace, org: SimpleNamespace, give: Give, sign_in: SignIn,
    django_assert_num_queries: Any,
) -> None:  # fmt: skip
    give(line.person, org.plain, Kind.ADAPTIVE_ASSESSMENT, 2, 30)
    give(line.person, org.brief, Kind.QUIZ, 1, 1)
    client = sign_in(line.person)
    client.get("/skills/")
    with django_assert_num_queries(7):
        client.get("/skills/")
    with time_machine.travel("2027-02-01 10:00:00Z"):
        client = sign_in(line.person)
        with django_assert_num_queries(8):
            client.get("/skills/")


def test_levels_are_right_on_the_day_they_fall_without_any_worker(
    line: SimpleNamespace, org: SimpleNamespace, give: Give, sign_in: SignIn
) -> None:
    give(line.person, org.plain, Kind.ADAPTIVE_ASSESSMENT, 2, date(2026, 11, 1))
    falls_on = Competency.objects.get().due_on
    assert falls_on is not None
    for day, level in ((falls_on - timedelta(1), 2), (falls_on, 1)):
        with time_machine.travel(f"{day}T08:00:00Z"):
            client = sign_in(line.person)
            rows = {r.row.skill.slug: r.row for r in client.get("/skills/").context["lines"]}
            assert rows["plain"].verified_level == level
            why = client.get(reverse("skills:skill-detail", args=["plain"])).context["why"]
            assert why.verified_level == level
    assert Competency.objects.get().verified_level == 2


def test_only_a_manager_or_hr_is_offered_to_assign(
    line: SimpleNamespace, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("skills.views.links.page_url", lambda name, *args, **query: f"/{name}")

    def labels(viewer: Person, url: str) -> set[str]:
        lines = sign_in(viewer).get(url).context["lines"]
        return {action.label for each in lines for action in each.actions}

    url = reverse("skills:person-skills", args=[line.person.uuid])
    assert labels(line.person, "/skills/") == {"Lessons"}
    assert labels(line.manager, url) == labels(line.hr, url) == {"Assign"}
    assert labels(line.auditor, url) == set()


def test_a_check_is_offered_at_level_0_where_there_is_one(
    line: SimpleNamespace, org: SimpleNamespace, give: Give, sign_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("skills.views.links.page_url", lambda name, *args, **query: f"/{name}")

    def offered_on_my_skills() -> set[str]:
        lines = sign_in(line.person).get("/skills/").context["lines"]
        return {each.row.skill.slug for each in lines if names_check(each.actions)}

    def offered_on_why(skill: Skill) -> bool:
        page = sign_in(line.person).get(reverse("skills:skill-detail", args=[skill.slug]))
        return names_check(page.context["actions"])

    def names_check(actions: list[Any]) -> bool:
        return "Skill check" in {each.label for each in actions}

    Requirement.objects.filter(skill=org.brief).delete()
    assert offered_on_my_skills() == set()
    assert not offered_on_why(org.plain)
    assert not offered_on_why(org.brief)
    note_checks([org.plain.pk, org.brief.pk])
    assert offered_on_my_skills() == {"plain"}
    assert offered_on_why(org.plain)
    assert offered_on_why(org.brief)  # learning goes on where nothing is required
    give(line.person, org.plain, Kind.QUIZ, 1, 30)
    assert offered_on_my_skills() == set()
    assert not offered_on_why(org.plain)


def test_an_open_circle_stands_for_no_evidence_and_what_helps_is_said_in_grace_too(
    line: SimpleNamespace, org: SimpleNamespace, sign_in: SignIn, require: Any
) -> None:
    require(org.employee, org.yearly, 1, grace_until=TODAY + timedelta(days=60))
    page = sign_in(line.person).get("/skills/?state=in_grace").content.decode()
    row = page[page.index('data-label="Required"') :]
    assert 'data-label="Verified"><svg class="glyph"' in row
    assert "What it takes" in row or "Lessons" in row
    assert "until <time" in " ".join(row.split())


def test_a_claim_is_recorded_and_moves_nothing(
    line: SimpleNamespace, org: SimpleNamespace, sign_in: SignIn
) -> None:
    client = sign_in(line.person)
    url = reverse("skills:claim-create", args=["plain"])
    page = client.get(url).content.decode()
    assert "A claim moves nothing" in page
    assert "3 Proficient: plain at 3" in page
    before = person_gaps([line.person.pk])[line.person.pk].gap
    response = client.post(url, {"level": "3"}, follow=True)
    assert response.redirect_chain == [(reverse("skills:skill-detail", args=["plain"]), 302)]
    assert "Your verified level stays as it was." in response.content.decode()
    claim = Evidence.objects.get()
    assert (claim.kind.slug, claim.level, claim.person) == (Kind.SELF_REPORT, 3, line.person)
    after = person_gaps([line.person.pk])[line.person.pk]
    row = after.row("plain")
    assert row is not None
    assert (after.gap, row.verified_level, row.claimed_level) == (before, 0, 3)


@pytest.mark.parametrize("level", ["", "5", "-1", "two"])
def test_a_claim_off_the_scale_is_refused_at_the_field(
    line: SimpleNamespace, org: SimpleNamespace, sign_in: SignIn, level: str
) -> None:
    response = sign_in(line.person).post(
        reverse("skills:claim-create", args=["plain"]), {"level": level}
    )
    assert response.status_code == 400
    assert response.context["form"].errors["level"]
    assert not Evidence.objects.exists()


def test_a_claim_stands_apart_from_what_counts(
    line: SimpleNamespace, org: SimpleNamespace, sign_in: SignIn
) -> None:
    record_claim(person=line.person, skill=org.plain, level=2, by=line.person)
    response = sign_in(line.manager).get(
        reverse("skills:person-skill-detail", args=[line.person.uuid, "plain"])
    )
    assert response.context["counting"] == []
    assert [each.level for each in response.context["claims"]] == [2]
    assert "Make a claim" not in response.content.decode()


def test_the_learning_record_holds_all_evidence_and_says_what_it_rests_on(
    line: SimpleNamespace, org: SimpleNamespace, give: Give, sign_in: SignIn
) -> None:
    give(line.person, org.plain, Kind.QUIZ, 1, 400, ai_condition="both")
    give(line.person, org.yearly, Kind.QUIZ, 1, 30)
    gone = give(line.person, org.brief, Kind.QUIZ, 1, 3).evidence
    revoke_evidence(gone, reason="Entered twice", by=line.hr)
    page = " ".join(sign_in(line.person).get("/skills/record/").content.decode().split())
    for text in ("3 pieces", "With and without AI", "Entered twice", "policy version t1"):
        assert text in page
    assert "have not been validated on people" in page
    assert "Keystone, required 1" in page  # without evidence
    assert "data-print" in page


def test_the_learning_record_speaks_of_the_person_and_keeps_claims_apart(
    line: SimpleNamespace, org: SimpleNamespace, give: Give, sign_in: SignIn
) -> None:
    give(line.person, org.keystone, Kind.QUIZ, 1, 30)
    record_claim(person=line.person, skill=org.plain, level=2, by=line.person)
    response = sign_in(line.person).get("/skills/record/")
    page = " ".join(response.content.decode().split())
    assert f"{line.person.name} meets 1 of 3 requirements" in page
    assert [each.row.skill.slug for each in response.context["evidenced"]] == ["keystone"]
    assert "1 piece in 1 skill" in page
    assert f'class="running-head" aria-hidden="true">{line.person.name}, 22 November' in page
    assert "Plain, required 2, claimed 2 on 22 November 2026, blocking" in page


@pytest.mark.parametrize(
    "url", ["/skills/", "/skills/plain/", "/skills/record/", "/team/", "/glossary/"]
)
def test_pages_say_so_where_no_policy_is_published(
    line: SimpleNamespace, sign_in: SignIn, url: str
) -> None:
    PolicyVersion.objects.all().delete()
    response = sign_in(line.manager).get(url)
    assert response.status_code == 503
    assert "Nothing is loaded yet" in response.content.decode()


def test_the_glossary_gives_the_rules_of_the_current_policy(
    line: SimpleNamespace, sign_in: SignIn
) -> None:
    response = sign_in(line.person).get("/glossary/")
    page = response.content.decode()
    for anchor in ("verified", "claimed", "required", "gap", "blocking", "keystone", "ceiling"):
        assert f'id="{anchor}"' in page
    kinds = {each.slug: each for each in response.context["kinds"]}
    assert (kinds["quiz"].rule.max_level, kinds["quiz"].lives) == (1, (12, 12, 48))
    assert kinds["practical_task"].lives == (12, 18, 48)
    assert kinds["self_report"].lives is None


def test_the_framework_can_be_searched_and_narrowed(line: SimpleNamespace, sign_in: SignIn) -> None:
    client = sign_in(line.person)

    def found(**query: str) -> list[str]:
        shown = client.get("/framework/", query).context["shown"]
        return [skill.slug for each in shown for skill in each.skills]

    assert found() == ["plain", "keystone", "brief", "yearly"]
    assert found(q="PLAIN at") == ["plain"]
    assert found(domain="security") == ["brief", "yearly"]
    assert found(q="nothing like it") == []
    assert found(q="\x00") == ["plain", "keystone", "brief", "yearly"]
    assert "No skill matches" in client.get("/framework/?q=zzz").content.decode()


@pytest.mark.parametrize("url", ["/glossary/", "/framework/"])
def test_glossary_and_framework_are_for_members(
    line: SimpleNamespace, client: Client, sign_in: SignIn, url: str
) -> None:
    assert client.get(url).status_code == 302
    assert sign_in(line.stranger).get(url).status_code == 200


def test_the_terms_of_the_pages_lead_to_anchors_of_the_glossary(
    line: SimpleNamespace, sign_in: SignIn
) -> None:
    client = sign_in(line.person)
    glossary = client.get("/glossary/").content.decode()
    pages = [client.get(url).content.decode() for url in OWN_PAGES[:2]]
    anchors = {each for page in pages for each in re.findall(r'"/glossary/#([\w-]+)"', page)}
    assert {"verified", "claimed", "gap"} <= anchors
    assert [each for each in anchors if f'id="{each}"' not in glossary] == []

"""The journeys of the README, in a browser: employee, manager, HR, and a stranger's refusals."""

import csv
import io
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import time_machine
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Person
from accounts.services import invite_person
from courses.models import ItemVersion, SkillCheck
from skills.models import Competency, Skill
from skills.services.ledger import record_evidence

SKILL = "core-delegation"
Enter = Callable[[Person], None]


def answer(page: Page, *, right: bool) -> None:
    """Choose an option of each question on the page, the right ones or wrong ones."""
    check = SkillCheck.objects.get(submitted_at__isnull=True)
    for number, question in enumerate(check.questions, 1):
        version = ItemVersion.objects.get(pk=question["version"])
        wanted = next(o["text"] for o in version.options if o["correct"] is right)
        box = page.locator(f"#question-{number}")
        box.get_by_text(wanted, exact=True).click()
    page.get_by_role("button", name="Hand in", exact=True).click()


def test_employee_learns_fails_waits_passes_and_sees_the_level_move(
    page: Page, site: str, company: Any, errors: list[str], check_accessible: Callable[[], None]
) -> None:
    employee = company.employee
    invite_person(employee, by=company.hr)
    link = re.search(r"http\S+/invitation/\S+", str(mail.outbox[0].body))
    assert link
    page.goto(link.group().replace("http://testserver", site))
    password = "a long road to Aldermoor"
    for field in page.locator("input[type=password]").all():
        field.fill(password)
    page.get_by_role("button", name="Set password and sign in").click()

    page.goto(f"{site}/path/")
    expect(page.get_by_text("Your next step")).to_be_visible()
    check_accessible()
    page.get_by_role("link", name="Read the lesson").click()
    page.get_by_role("button", name="Mark as read").click()
    expect(page.get_by_text("Read on")).to_be_visible()
    check_accessible()

    page.goto(f"{site}/checks/{SKILL}/")
    page.get_by_role("button", name="Start the check").click()
    check_accessible()
    answer(page, right=False)
    expect(page.get_by_role("heading", level=1)).to_contain_text("not passed (0 of 8)")
    expect(page.get_by_text("to look at again")).to_be_visible()
    page.goto(f"{site}/checks/{SKILL}/")
    expect(page.get_by_text("You can take this check again")).to_be_visible()
    expect(page.get_by_role("button", name="Start the check")).to_have_count(0)
    assert not Competency.objects.filter(person=employee).exists()

    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        page.goto(f"{site}/checks/{SKILL}/")
        page.get_by_role("button", name="Start the check").click()
        answer(page, right=True)
        expect(page.get_by_role("heading", level=1)).to_contain_text("passed (8 of 8)")
        expect(page.locator(".moved-line")).to_contain_text("1 Aware")
        check_accessible()
        page.get_by_role("link", name="Why this level?").click()
        expect(page.get_by_text("The rule that decided:")).to_be_visible()
        expect(page.get_by_role("heading", name="When it falls")).to_be_visible()
        check_accessible()
        page.goto(f"{site}/skills/")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        check_accessible()


def record_quiz(person: Person, skill: str, on: date | None = None) -> None:
    record_evidence(
        person=person, skill=Skill.objects.get(slug=skill), kind="quiz", level=1, top_level=1,
        bank=skill, item_count=8, observed_on=on or timezone.localdate(),
    )  # fmt: skip


def test_manager_reads_filters_drills_down_and_the_csv_equals_the_screen(
    page: Page, site: str, company: Any, enter: Enter, errors: list[str],
    check_accessible: Callable[[], None],
) -> None:  # fmt: skip
    for person in company.team[:3]:
        record_quiz(person, "gov-escalation")
    enter(company.manager)
    expect(page.get_by_role("heading", level=1)).to_have_text("My team")
    assert page.locator("table.matrix tbody tr").count() == 6
    check_accessible()

    page.get_by_label("Domain").select_option("governance")
    expect(page).to_have_url(re.compile("domain=governance"))
    expect(page.locator(".matrix-groups th")).to_have_count(1)
    expect(page.get_by_role("status").filter(has_text="requirements met")).to_have_count(1)
    whole_line = page.get_by_role("link", name="Whole line")
    expect(whole_line).to_have_attribute("href", re.compile("domain=governance"))
    shown = {
        str(cell.get_attribute("aria-label"))
        for cell in page.locator("table.matrix tbody td .cell").all()
    }
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV of this view").click()
    text = download.value.path().read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["domain"] for row in rows} == {"governance"}
    assert len(rows) == len(shown) == 6 * len({row["skill"] for row in rows})
    for row in rows:
        start = f"{row['person']}, {row['skill_name'].partition(':')[0]}"
        sentence = next(each for each in shown if each.startswith(start))
        if row["required_level"]:
            assert f"verified {row['verified_level']} of {row['required_level']}" in sentence
        assert row["shown_as"].lower() in sentence

    page.get_by_role("link", name=re.compile("Asha Lindqvist, Escalating")).click()
    expect(page.get_by_text("Why this level?").first).to_be_visible()
    check_accessible()
    looks = company.employee.looks_received.filter(actor=company.manager)
    assert looks.count() == 1

    page.goto(f"{site}/team/worklist/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    check_accessible()


def call(page: Page, site: str, path: str, token: str, **more: Any) -> Any:
    headers = {"Authorization": f"Bearer {token}", **more.pop("headers", {})}
    return page.request.fetch(f"{site}/api/v1/{path}", headers=headers, **more)


def test_hr_gets_a_token_puts_evidence_in_and_pulls_gaps_of_any_day(
    page: Page, site: str, company: Any, enter: Enter, errors: list[str],
    check_accessible: Callable[[], None],
) -> None:  # fmt: skip
    printed = io.StringIO()
    call_command(
        "create_api_client", "HR reporting", scopes=["people:read", "gaps:read", "evidence:write"],
        kinds=["credential_unproctored"], stdout=printed,
    )  # fmt: skip
    client, secret = (
        re.search(rf"{name}:\s+(\S+)", printed.getvalue()).group(1)  # type: ignore[union-attr]
        for name in ("id", "secret")
    )
    granted = page.request.post(
        f"{site}/api/oauth/token/",
        form={
            "grant_type": "client_credentials", "client_id": client, "client_secret": secret,
        },
    )  # fmt: skip
    assert granted.ok, granted.text()
    token = granted.json()["access_token"]

    person = company.employee
    recorded = call(
        page, site, "evidence/", token, method="POST", headers={"Idempotency-Key": "course-1"},
        data={
            "person": str(person.uuid), "skill": "core-mechanics", "kind": "credential_unproctored",
            "level": 1, "observed_on": str(timezone.localdate()), "issuer": "example-institute",
        },
    )  # fmt: skip
    assert recorded.status == 201, recorded.text()

    def unmet(query: str) -> set[str]:
        found: set[str] = set()
        path = f"gaps/?{query}"
        while path:
            answered = call(page, site, path, token)
            assert answered.ok, answered.text()
            body = answered.json()
            found |= {
                row["skill"]
                for row in body["results"]
                if row["external_id"] == person.external_id and row["verified_level"] == 0
            }
            path = (body["next"] or "").partition("/api/v1/")[2]
        return found

    yesterday = timezone.localdate() - timedelta(days=1)
    assert unmet(f"as_of={yesterday}") - unmet("") == {"core-mechanics"}

    enter(company.hr)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.url.endswith("/organisation/")
    check_accessible()


def test_what_was_typed_is_kept_when_a_session_ends(
    page: Page, site: str, company: Any, enter: Enter
) -> None:
    """As the message says: sign in in another tab, then go back in this one."""
    enter(company.manager)
    page.goto(f"{site}/assignments/new/")
    page.get_by_label("Note").fill("Please read this first")
    Session.objects.all().delete()
    page.locator("form.assign").evaluate("form => { form.noValidate = true; form.submit() }")
    expect(page.get_by_text("Your session ended; nothing was sent.")).to_be_visible()

    tab = page.context.new_page()
    tab.goto(page.url)
    tab.get_by_label("E-mail").fill(company.manager.email)
    tab.get_by_label("Password", exact=True).fill("pass")
    tab.get_by_role("button", name="Sign in").click()
    tab.wait_for_url("**/assignments/new/")
    page.go_back()
    expect(page.get_by_label("Note")).to_have_value("Please read this first")


def test_stranger_is_refused_and_told_what_to_do(
    page: Page, site: str, company: Any, enter: Enter, check_accessible: Callable[[], None]
) -> None:
    employee, manager = company.employee.uuid, company.manager.uuid
    enter(company.stranger)
    for path in (
        f"people/{employee}/",
        f"people/{employee}/skills/",
        f"people/{employee}/skills/{SKILL}/",
        f"people/{employee}/record/",
        f"people/{manager}/team/",
        f"people/{manager}/team/matrix.csv",
        "organisation/",
        "faults/",
        "assignments/new/",
    ):
        answered = page.goto(f"{site}/{path}")
        assert answered is not None
        assert answered.status == 403, path
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.get_by_text("Asha Lindqvist")).to_have_count(0)
    check_accessible()
    assert page.request.get(f"{site}/api/v1/people/").status == 401

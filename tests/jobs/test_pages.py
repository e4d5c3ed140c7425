"""Pages of long work, from every side."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Group
from accounts.models import Person
from jobs.enums import JobState
from jobs.models import Job

SignIn = Callable[[Person], Client]
MakePerson = Callable[..., Person]
LIST = "/jobs/"
STAYS = "You may leave this page; the work goes on."


def make_job(title: str = "Load content", **fields: Any) -> Job:
    now = timezone.now()
    return Job.objects.create(task="x.y", title=title, heartbeat_at=now, **fields)


def address(job: Job) -> str:
    return reverse("jobs:job-detail", kwargs={"uuid": job.uuid})


@pytest.fixture
def owner(make_person: MakePerson) -> Person:
    return make_person("Olga Owner")


@pytest.fixture
def job(owner: Person) -> Job:
    return make_job(created_by=owner, state=JobState.RUNNING, done=3, total=7, message="Lessons")


def test_job_list_has_its_address() -> None:
    assert reverse("jobs:job-list") == LIST


def test_job_pages_ask_a_stranger_to_sign_in(client: Client, job: Job) -> None:
    for url in (LIST, address(job)):
        response = client.get(url)
        assert response.status_code == 302
        assert response.headers["Location"].startswith("/sign-in/login/")


def test_owner_sees_their_job_and_no_other(sign_in: SignIn, owner: Person, job: Job) -> None:
    other = make_job("Rebuild everything")
    client = sign_in(owner)
    html = client.get(LIST).content.decode()
    assert "Load content" in html
    assert "Rebuild everything" not in html
    assert client.get(address(job)).status_code == 200
    assert client.get(address(other)).status_code == 404


def test_colleague_and_manager_do_not_see_it(
    sign_in: SignIn, make_person: MakePerson, owner: Person, job: Job
) -> None:
    manager = make_person()
    owner.manager = manager
    owner.save()
    for viewer in (make_person(), manager):
        client = sign_in(viewer)
        assert client.get(address(job)).status_code == 404
        assert "Load content" not in client.get(LIST).content.decode()


@pytest.mark.parametrize(
    "fields", [{"groups": [Group.HR]}, {"groups": [Group.AUDITOR]}, {"is_staff": True}]
)
def test_hr_auditors_and_staff_see_all(
    sign_in: SignIn, make_person: MakePerson, job: Job, fields: dict[str, Any]
) -> None:
    nobodys = make_job("Send a mail about a new password")
    client = sign_in(make_person(**fields))
    html = client.get(LIST).content.decode()
    assert "Olga Owner" in html
    assert "The system" in html
    assert " by the system</dd>" in client.get(address(nobodys)).text
    assert client.get(address(job)).status_code == 200


def test_job_list_says_when_it_is_empty(sign_in: SignIn, owner: Person) -> None:
    assert "No jobs yet" in sign_in(owner).get(LIST).content.decode()


def test_job_list_filters_by_state(sign_in: SignIn, owner: Person, job: Job) -> None:
    make_job("Broken", created_by=owner, state=JobState.FAILED)
    client = sign_in(owner)
    html = client.get(LIST, {"state": "failed"}).content.decode()
    assert "Broken" in html
    assert "Load content" not in html
    assert "No job is in this state" in client.get(LIST, {"state": "done"}).content.decode()
    assert "Load content" in client.get(LIST, {"state": "nonsense"}).content.decode()


def test_job_list_is_paged(sign_in: SignIn, owner: Person) -> None:
    for number in range(26):
        make_job(f"Job number {number}", created_by=owner, state=JobState.DONE)
    client = sign_in(owner)
    first = client.get(LIST, {"state": "done"}).content.decode()
    assert "Job number 25" in first
    assert "Job number 0<" not in first
    assert 'href="?state=done&amp;page=2"' in first
    assert "Job number 0<" in client.get(LIST, {"state": "done", "page": "2"}).content.decode()


def test_job_list_takes_the_same_queries_for_few_and_many(
    sign_in: SignIn, make_person: MakePerson, django_assert_num_queries: Any
) -> None:
    client = sign_in(make_person(groups=[Group.HR]))
    make_job(created_by=make_person())
    with django_assert_num_queries(6):  # session, person, groups, reports (navigation), count, rows
        client.get(LIST)
    for _ in range(20):
        make_job(created_by=make_person())
    with django_assert_num_queries(6):
        client.get(LIST)


def test_running_job_shows_what_is_being_done_and_asks_again(
    sign_in: SignIn, owner: Person, job: Job
) -> None:
    html = sign_in(owner).get(address(job)).content.decode()
    assert "<html" in html
    assert "3 of 7" in html
    assert "Lessons" in html
    assert 'hx-trigger="every 2s"' in html


def test_htmx_gets_the_moving_part_alone(sign_in: SignIn, owner: Person, job: Job) -> None:
    response = sign_in(owner).get(address(job), headers={"HX-Request": "true"})
    assert response.content.decode().lstrip().startswith("<section")
    assert STAYS in response.content.decode()
    assert "HX-Request" in response.headers["Vary"]
    restored = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    assert "<html" in sign_in(owner).get(address(job), headers=restored).content.decode()


@pytest.mark.parametrize("state", [JobState.DONE, JobState.FAILED])
def test_finished_job_is_not_asked_for_again(
    sign_in: SignIn, owner: Person, state: JobState
) -> None:
    job = make_job(created_by=owner, state=state, finished_at=timezone.now(), done=7, total=7)
    html = sign_in(owner).get(address(job)).content.decode()
    assert "hx-trigger" not in html
    assert "Finished" in html
    assert STAYS not in html


def test_failed_job_shows_its_error(sign_in: SignIn, owner: Person) -> None:
    job = make_job(created_by=owner, state=JobState.FAILED, error="ValueError: <line 3>")
    html = sign_in(owner).get(address(job)).content.decode()
    assert "ValueError: &lt;line 3&gt;" in html
    assert "It stopped before the end" in html


def test_waiting_job_says_so(sign_in: SignIn, owner: Person) -> None:
    html = sign_in(owner).get(address(make_job(created_by=owner))).content.decode()
    assert "waits for a free worker" in html


def test_job_that_is_tried_again_says_why_and_when(sign_in: SignIn, owner: Person) -> None:
    job = make_job(
        created_by=owner,
        attempts=2,
        error="ConnectionRefusedError: <mail>",
        next_try_at=datetime(2027, 3, 1, 9, 5, tzinfo=UTC),
    )
    client = sign_in(owner)
    html = client.get(address(job)).content.decode()
    assert "Try 2 of 5 did not succeed" in html
    assert "ConnectionRefusedError: &lt;mail&gt;" in html
    assert "It is tried again on 1 March 2027 at 09:05." in html
    assert "waits for a free worker" not in html
    assert 'hx-trigger="every 2s"' in html
    assert "Tried again at 09:05" in client.get(LIST).content.decode()


def test_who_asked_for_a_load_of_the_content_is_led_back_to_it(
    sign_in: SignIn, make_person: MakePerson, owner: Person
) -> None:
    load = make_job(created_by=owner)
    Job.objects.update(task="operations.load_content")
    assert 'href="/content/">Back to Content</a>' in sign_in(owner).get(address(load)).text
    assert "Back to" not in sign_in(make_person(groups=[Group.HR])).get(address(load)).text
    Job.objects.update(task="x.y")
    assert "Back to" not in sign_in(owner).get(address(load)).text


@pytest.fixture
def failed(owner: Person) -> Job:
    return make_job(created_by=owner, state=JobState.FAILED, error="ValueError: line 3")


def again(job: Job) -> str:
    return reverse("jobs:job-again", kwargs={"uuid": job.uuid})


def test_job_list_says_why_a_job_failed(sign_in: SignIn, owner: Person, failed: Job) -> None:
    assert "ValueError: line 3" in sign_in(owner).get(LIST).text


def test_owner_asks_for_failed_work_anew_where_it_is_known_whether_they_still_may(
    sign_in: SignIn, owner: Person, failed: Job
) -> None:
    client = sign_in(owner)
    page = client.get(address(failed)).text
    assert "Try again" not in page
    assert "Ask for it anew where you asked for it" in page
    assert client.post(again(failed)).status_code == 403
    failed.refresh_from_db()
    assert failed.state == JobState.FAILED


def test_administrator_has_a_failed_job_tried_again(
    sign_in: SignIn, make_person: MakePerson, failed: Job
) -> None:
    client = sign_in(make_person(is_staff=True))
    assert f'action="{again(failed)}"' in client.get(address(failed)).text
    assert client.get(again(failed)).status_code == 405
    response = client.post(again(failed))
    assert response.headers["Location"] == address(failed)
    failed.refresh_from_db()
    assert failed.state == JobState.QUEUED
    assert "Try again" not in client.get(address(failed)).text
    assert "nothing was started" in client.post(again(failed), follow=True).text


def test_a_failed_job_that_forgets_is_not_offered_for_another_try(
    sign_in: SignIn, make_person: MakePerson
) -> None:
    client = sign_in(make_person(is_staff=True))
    reset = make_job("Send a mail", state=JobState.FAILED, forgets=True, error="SMTPException")
    page = client.get(address(reset)).text
    assert "Try again" not in page
    assert "whoever needs it asks anew" in page
    assert "nothing was started" in client.post(again(reset), follow=True).text
    reset.refresh_from_db()
    assert reset.state == JobState.FAILED


@pytest.mark.parametrize(
    ("fields", "others", "of_nobody"),
    [
        ({}, 404, 404),
        ({"groups": [Group.AUDITOR]}, 403, 403),
        ({"groups": [Group.HR]}, 403, 302),
        ({"is_staff": True}, 302, 302),
    ],
)
def test_others_have_a_job_tried_again_only_if_it_is_theirs_to_look_after(
    sign_in: SignIn,
    make_person: MakePerson,
    failed: Job,
    fields: dict[str, Any],
    others: int,
    of_nobody: int,
) -> None:
    client = sign_in(make_person(**fields))
    assert ("Try again" in client.get(address(failed)).text) == (others == 302)
    assert client.post(again(failed)).status_code == others
    nightly = make_job("Age competencies", state=JobState.FAILED)
    assert client.post(again(nightly)).status_code == of_nobody


def test_a_stranger_has_nothing_tried_again(client: Client, failed: Job) -> None:
    assert client.post(again(failed)).status_code == 302
    failed.refresh_from_db()
    assert failed.state == JobState.FAILED

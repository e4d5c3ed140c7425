"""The page that says what is loaded, and loads it again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from accounts.enums import Group
from accounts.models import Person
from jobs import services as job_services
from jobs.enums import JobState
from jobs.models import Job
from operations.exceptions import ContentInvalid
from operations.services import content as content_service
from operations.services.content import start_content_load
from skills.models import PolicyVersion

SignIn = Callable[[Person], Client]
MakePerson = Callable[..., Person]
PAGE, LOAD = "/content/", "/content/load/"
SURE = {"confirmed": "yes"}


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def people(make_person: MakePerson) -> dict[str, Person]:
    manager = make_person()
    return {
        "employee": make_person(manager=manager),
        "manager": manager,
        "hr": make_person(groups=[Group.HR]),
        "auditor": make_person(groups=[Group.AUDITOR]),
        "author": make_person("Aude Author", groups=[Group.AUTHOR]),
        "admin": make_person("Ada Admin", is_staff=True),
    }


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[..., list[str]]], None]:
    """Put something else in the place of the load itself."""

    def replace(work: Callable[..., list[str]]) -> None:
        monkeypatch.setattr(content_service, "load_content", work)

    replace(lambda directory, report: ["lesson E1.1: added", "lesson E1.2: added"])
    return replace


@pytest.fixture
def no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs wait: nobody does them."""
    monkeypatch.setattr(job_services, "_send", lambda job: None)


@pytest.mark.parametrize(
    ("who", "reads", "loads"),
    [
        ("admin", True, True),
        ("author", True, True),
        ("auditor", True, False),
        ("hr", False, False),
        ("manager", False, False),
        ("employee", False, False),
    ],
)
@pytest.mark.usefixtures("no_worker")
def test_authors_and_administrators_load_the_content_and_auditors_look_on(
    people: dict[str, Person], sign_in: SignIn, who: str, reads: bool, loads: bool
) -> None:
    client = sign_in(people[who])
    page = client.get(PAGE)
    assert page.status_code == (200 if reads else 403)
    assert ("Load the content</button>" in text_of(page)) is loads
    assert client.post(LOAD, SURE).status_code == (302 if loads else 403)
    assert Job.objects.exists() is loads


@pytest.mark.django_db
def test_the_anonymous_are_sent_to_sign_in(client: Client) -> None:
    for response in (client.get(PAGE), client.post(LOAD, SURE)):
        assert response["Location"].startswith("/sign-in/login/")


def test_the_service_refuses_whoever_may_not(people: dict[str, Person]) -> None:
    with pytest.raises(PermissionDenied):
        start_content_load(by=people["auditor"])


@pytest.mark.usefixtures("load")
def test_loading_is_asked_for_confirmed_and_followed(
    people: dict[str, Person],
    sign_in: SignIn,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    client = sign_in(people["admin"])
    assert client.get(LOAD).status_code == 405
    assert "Load the content?" in text_of(client.post(LOAD))
    assert not Job.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(LOAD, SURE)
    job = Job.objects.get()
    assert response["Location"] == f"/jobs/{job.uuid}/"
    assert (job.state, job.message, job.created_by) == ("done", "2 changes", people["admin"])
    assert "2 changes" in text_of(client.get(response["Location"]))
    assert "2 changes." in text_of(client.get(PAGE))


@pytest.mark.usefixtures("no_worker")
def test_only_one_load_runs_at_a_time(people: dict[str, Person], sign_in: SignIn) -> None:
    first = sign_in(people["admin"]).post(LOAD, SURE)
    again = sign_in(people["admin"]).post(LOAD, SURE)
    assert first["Location"] == again["Location"]
    author = sign_in(people["author"])
    response = author.post(LOAD, SURE, follow=True)
    assert response.redirect_chain == [(PAGE, 302)]  # the job of another is not theirs to open
    assert "Somebody else is loading the content already." in text_of(response)
    assert "by Ada Admin" in text_of(response)
    assert "Load the content</button>" not in text_of(response)
    assert Job.objects.count() == 1
    Job.objects.update(state=JobState.DONE)
    assert "Load the content</button>" in text_of(author.get(PAGE))
    assert author.post(LOAD, SURE)["Location"] != first["Location"]
    assert Job.objects.count() == 2


def test_faults_of_the_content_are_shown_at_once_and_not_tried_again(
    people: dict[str, Person],
    sign_in: SignIn,
    load: Callable[..., None],
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    def faulty(directory: object, report: object) -> list[str]:
        raise ContentInvalid(["roles.yaml:7: there is no skill 'x'"])

    load(faulty)
    client = sign_in(people["author"])
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(LOAD, SURE)
    page = client.get(response["Location"])
    assert "1 problem: roles.yaml:7: there is no skill &#x27;x&#x27;" in text_of(page)
    page = client.get(PAGE)
    assert "Nothing was changed" in text_of(page)
    assert "roles.yaml:7" in text_of(page)
    job = Job.objects.get()
    assert (job.state, job.attempts) == (JobState.FAILED, 1)


def test_a_load_that_waits_for_its_next_try_says_so(
    people: dict[str, Person],
    sign_in: SignIn,
    load: Callable[..., None],
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    def unlucky(directory: object, report: object) -> list[str]:
        raise OSError("the disk is away")

    load(unlucky)
    with django_capture_on_commit_callbacks(execute=True):
        sign_in(people["admin"]).post(LOAD, SURE)
    assert Job.objects.get().next_try_at > timezone.now() + timedelta(seconds=30)  # type: ignore[operator]
    page = text_of(sign_in(people["author"]).get(PAGE))
    assert "It is tried again in a while" in page
    assert "the disk is away" in page


def test_it_counts_what_is_on_offer(people: dict[str, Person], sign_in: SignIn) -> None:
    client = sign_in(people["author"])
    assert "Nothing is loaded yet" in text_of(client.get(PAGE))
    PolicyVersion.objects.create(version="7", document={}, is_current=True)
    page = text_of(client.get(PAGE))
    assert "version 7, published" in page
    assert "<dt>Lessons</dt><dd>0 to read, 0 still to be written</dd>" in page

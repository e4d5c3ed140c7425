"""Signing in and out, and passwords; pages of allauth in our look."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import services
from accounts.models import Person
from jobs.enums import JobState
from jobs.models import Job
from jobs.services import resend_stale_jobs
from tests.accounts.resets import ask_for_reset

SignIn = Callable[[Person], Client]
PASSWORD = "quiet-harbour-lantern"


@pytest.fixture(autouse=True)
def _fresh_rate_limits() -> None:
    cache.clear()


def test_signing_in_by_mail_in_any_case(organisation: Any, client: Client) -> None:
    given = {"login": organisation.person.email.upper(), "password": "pass"}
    response = client.post(reverse("account_login"), given)
    assert response.status_code == 302
    assert client.session["_auth_user_id"] == str(organisation.person.pk)


def test_wrong_password_is_refused_and_says_so_at_the_form(
    organisation: Any, client: Client
) -> None:
    page = client.post(
        reverse("account_login"), {"login": organisation.person.email, "password": "wrong"}
    )
    assert page.status_code == 200
    assert "You are not signed in" in page.text
    assert "The e-mail address or the password is not right." in page.text
    assert "_auth_user_id" not in client.session


def test_the_deactivated_do_not_sign_in(organisation: Any, client: Client) -> None:
    services.deactivate_person(organisation.person)
    client.post(reverse("account_login"), {"login": organisation.person.email, "password": "pass"})
    assert "_auth_user_id" not in client.session


def test_nobody_signs_up(db: None, client: Client) -> None:
    given = {"email": "x@example.org", "password1": PASSWORD, "password2": PASSWORD}
    for page in (
        client.get(reverse("account_signup")),
        client.post(reverse("account_signup"), given),
    ):
        assert "People come by invitation" in page.text
    assert not Person.objects.exists()


@pytest.mark.parametrize(
    "name",
    [
        "account_login",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key_done",
        "account_inactive",
        "account_signup",
    ],
)
def test_signed_out_pages_wear_our_look(db: None, client: Client, name: str) -> None:
    page = client.get(reverse(name))
    assert page.status_code == 200
    assert page.text.count("<h1") == 1
    assert "base/site.css" in page.text


@pytest.mark.parametrize(
    "name",
    ["account_logout", "account_change_password", "mfa_index", "account_reauthenticate"],
)
def test_signed_in_pages_wear_our_look(client: Client, organisation: Any, name: str) -> None:
    client.post(reverse("account_login"), {"login": organisation.person.email, "password": "pass"})
    page = client.get(reverse(name))
    assert page.status_code == 200
    assert page.text.count("<h1") == 1
    assert "base/site.css" in page.text


def test_a_second_step_can_be_set_up(client: Client, organisation: Any) -> None:
    client.post(reverse("account_login"), {"login": organisation.person.email, "password": "pass"})
    client.post(reverse("account_reauthenticate"), {"password": "pass"})
    page = client.get(reverse("mfa_activate_totp"))
    assert page.status_code == 200
    assert "QR code" in page.text
    wrong = client.post(reverse("mfa_activate_totp"), {"code": "000000"})
    assert "error-summary" in wrong.text


def test_signing_out_asks_then_signs_out(organisation: Any, sign_in: SignIn) -> None:
    client = sign_in(organisation.person)
    assert "Stay signed in" in client.get(reverse("account_logout")).text
    assert client.post(reverse("account_logout")).status_code == 302
    assert "_auth_user_id" not in client.session


def test_a_forgotten_password_is_set_anew_by_mail(organisation: Any, client: Client) -> None:
    email = organisation.person.email
    page = ask_for_reset(email)
    assert "Look into your mail" in page.text
    [message] = mail.outbox
    assert message.subject == "Set a new password for Tutti"
    link = re.search(r"http://testserver(/\S+)", str(message.body))
    assert link
    form = client.get(link[1], follow=True)
    assert "Choose a new password" in form.text
    where = form.redirect_chain[-1][0]
    done = client.post(where, {"password1": PASSWORD, "password2": PASSWORD}, follow=True)
    assert "Your password is set" in done.text
    organisation.person.refresh_from_db()
    assert organisation.person.check_password(PASSWORD)
    again = Client().get(link[1], follow=True)
    assert "This link no longer works" in again.text


def test_an_unknown_address_learns_nothing_on_the_page(db: None) -> None:
    page = ask_for_reset("no@example.org")
    assert "Look into your mail" in page.text
    [message] = mail.outbox
    assert message.to == ["no@example.org"]
    assert "no such account" in message.body


def test_known_and_unknown_addresses_are_answered_by_the_same_work(
    organisation: Any, client: Client
) -> None:
    pages = []
    for email in (organisation.person.email, "no@example.org", organisation.former_hr.email):
        with CaptureQueriesContext(connection) as asked:
            page = client.post(reverse("account_reset_password"), {"email": email})
        statements = [query["sql"].split()[0] for query in asked.captured_queries]
        pages.append((page.status_code, page["Location"], statements))
    assert pages[0] == pages[1] == pages[2]
    assert mail.outbox == []


def test_the_job_of_a_reset_holds_no_link_and_forgets_the_address_with_its_end(
    organisation: Any, client: Client
) -> None:
    person = organisation.person
    client.post(reverse("account_reset_password"), {"email": person.email.upper()})
    assert Job.objects.get().arguments == {"email": person.email}
    ask_for_reset(person.email)
    assert Job.objects.filter(arguments={}).count() == 1
    assert len(mail.outbox) == 1


def test_the_link_of_a_reset_is_mailed_though_the_mail_server_was_away(
    organisation: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise ConnectionRefusedError("the mail server is away")

    with monkeypatch.context() as outage:
        outage.setattr("accounts.services.password_resets.send_mail", away)
        page = ask_for_reset(organisation.person.email)
    assert "Look into your mail" in page.text
    assert mail.outbox == []
    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        resend_stale_jobs()
    assert "/sign-in/password/reset/key/" in mail.outbox[0].body
    assert Job.objects.get().state == JobState.DONE


def test_password_fields_are_named_once_and_in_our_words(
    organisation: Any, sign_in: SignIn
) -> None:
    page = sign_in(organisation.person).get(reverse("account_change_password")).content.decode()
    for label in ("Password until now", "New password", "The same again"):
        assert page.count(label) == 1, label
    assert "placeholder" not in page


def test_changing_ones_password_needs_the_old_one(organisation: Any, sign_in: SignIn) -> None:
    client = sign_in(organisation.person)
    url = reverse("account_change_password")
    given = {"oldpassword": "wrong", "password1": PASSWORD, "password2": PASSWORD}
    assert "error-summary" in client.post(url, given).text
    assert client.post(url, given | {"oldpassword": "pass"}).status_code == 302
    organisation.person.refresh_from_db()
    assert organisation.person.check_password(PASSWORD)


def test_a_reset_link_leads_nowhere_for_who_is_no_longer_active(
    organisation: Any, client: Client
) -> None:
    person = organisation.person
    ask_for_reset(person.email)
    link = re.search(r"http://testserver(/\S+)", str(mail.outbox[0].body))
    assert link
    form = client.get(link[1], follow=True)
    services.deactivate_person(person)
    where = form.redirect_chain[-1][0]
    for page in (
        client.post(where, {"password1": PASSWORD, "password2": PASSWORD}, follow=True),
        client.get(link[1], follow=True),
    ):
        assert "Your password is set" not in page.text
        assert "Choose a new password" not in page.text
    person.refresh_from_db()
    assert person.check_password("pass")


@pytest.mark.parametrize(
    "address",
    ["confirm-email/", "confirm-email/MQ:x/", "login/code/confirm/", "3rdparty/",
     "3rdparty/login/cancelled/", "3rdparty/login/error/", "3rdparty/signup/",
     "social/connections/"],
)  # fmt: skip
def test_what_nobody_does_here_has_no_page(
    organisation: Any, client: Client, sign_in: SignIn, address: str
) -> None:
    for who in (client, sign_in(organisation.person)):
        page = who.get(f"/sign-in/{address}")
        assert (page.status_code, page.text.count("There is no such page")) == (404, 2)

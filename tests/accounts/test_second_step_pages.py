"""The pages of the second step at sign-in: in our words, each with a way back."""

import re
from typing import Any

import pytest
from allauth.mfa.totp.internal import auth
from django.core.cache import cache
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from accounts.models import Person

STOCK = (
    "Confirm Access|safeguard|Two-Factor|Activate|Deactivate|Authenticator App|Sign In|"
    "Incorrect code|Incorrect password|Successfully|activated|generated|placeholder="
)


@pytest.fixture(autouse=True)
def _no_code_is_used_yet() -> None:
    cache.clear()


@pytest.fixture
def signed_in(organisation: Any, client: Client) -> Client:
    """Somebody who signed in with their password, as people do."""
    _sign_in(client, organisation.person)
    return client


@pytest.fixture
def protected(signed_in: Client) -> Client:
    """The same person after setting up an authenticator app."""
    signed_in.post(reverse("account_reauthenticate"), {"password": "pass"})
    signed_in.get(reverse("mfa_activate_totp"))
    counter = next(auth.yield_hotp_counters_from_time())
    code = auth.format_hotp_value(
        auth.hotp_value(signed_in.session[auth.SECRET_SESSION_KEY], counter)
    )
    signed_in.post(reverse("mfa_activate_totp"), {"code": code})
    return signed_in


def _sign_in(client: Client, person: Person) -> Any:
    given = {"login": person.email, "password": "pass"}
    return client.post(reverse("account_login"), given, follow=True)


def _read(page: Any, heading: str, way_back: str = "Cancel") -> str:
    assert page.status_code == 200
    text: str = page.text
    assert f'<h1 class="page-heading">{heading}</h1>' in text
    assert way_back in text
    assert not re.search(STOCK, text)
    return text


def test_who_changes_how_they_sign_in_is_asked_again_in_our_words(signed_in: Client) -> None:
    page = signed_in.get(reverse("mfa_activate_totp"), follow=True)
    assert "Password" in _read(page, "Is it still you?")
    wrong = _read(
        signed_in.post(reverse("account_reauthenticate"), {"password": "x"}), "Is it still you?"
    )
    assert "Nothing is changed yet" in wrong
    assert "This is not your password." in wrong


def test_setting_up_an_app_speaks_our_words(signed_in: Client) -> None:
    signed_in.post(reverse("account_reauthenticate"), {"password": "pass"})
    url, heading = reverse("mfa_activate_totp"), "Set up your authenticator app"
    assert 'class="qr-code"' in _read(signed_in.get(url), heading)
    wrong = _read(signed_in.post(url, {"code": "000000"}), heading)
    assert "The app is not set up yet" in wrong
    assert "This code is not right" in wrong


def test_recovery_codes_speak_our_words(protected: Client) -> None:
    codes = _read(protected.get(reverse("mfa_view_recovery_codes")), "Recovery codes", "Back")
    assert codes.count("<li><code>") == 10
    url = reverse("mfa_generate_recovery_codes")
    assert "stop working" in _read(protected.get(url), "Make new recovery codes?")
    assert codes != _read(protected.post(url, follow=True), "Recovery codes", "Back")


def test_recovery_codes_need_an_app(signed_in: Client) -> None:
    signed_in.post(reverse("account_reauthenticate"), {"password": "pass"})
    page = signed_in.post(reverse("mfa_generate_recovery_codes"))
    assert "Set up your authenticator app first." in _read(page, "Make new recovery codes?")


def test_the_second_step_at_sign_in_speaks_our_words(organisation: Any, protected: Client) -> None:
    client = Client()
    _read(_sign_in(client, organisation.person), "Second step at sign-in")
    wrong = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert "You are not signed in" in _read(wrong, "Second step at sign-in")
    assert "_auth_user_id" not in client.session


def test_giving_the_app_up_asks_first_and_leads_to_the_overview(protected: Client) -> None:
    url = reverse("mfa_deactivate_totp")
    assert "your password alone" in _read(protected.get(url), "Stop using the authenticator app?")
    page = protected.post(url, follow=True)
    assert "no longer used" in _read(page, "Second step at sign-in", "Set it up")
    assert "There is no such page" in protected.get(url).text


def test_a_code_serves_to_be_asked_again(protected: Client) -> None:
    page = protected.get(reverse("mfa_reauthenticate"))
    assert "recovery codes" in _read(page, "Is it still you?")


@pytest.mark.parametrize("name", ["totp_activated", "totp_deactivated", "recovery_codes_generated"])
def test_what_was_done_is_said_in_our_words(name: str) -> None:
    said = render_to_string(f"mfa/messages/{name}.txt")
    assert said.startswith("You")
    assert not re.search(STOCK, said)

"""Second steps of signing in: secrets are stored encrypted and the admin shows none."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from allauth.mfa.totp.internal.auth import yield_hotp_counters_from_time as counters
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.models import Person

SignIn = Callable[[Person], Client]
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
LIST = "admin:mfa_authenticator_changelist"


@pytest.fixture(autouse=True)
def _no_code_is_used_yet() -> None:
    cache.clear()


def code_of_now() -> str:
    return format_hotp_value(hotp_value(SECRET, next(iter(counters()))))


def step_of(person: Person) -> Authenticator:
    """A second step of a person, set up as their page does, with recovery codes."""
    RecoveryCodes.activate(person)
    return TOTP.activate(person, SECRET).instance


def texts(pages: list[Any]) -> str:
    assert [page.status_code for page in pages] == [200] * len(pages)
    return "".join(page.text for page in pages)


def test_the_admin_shows_who_has_a_second_step_and_no_secret(
    organisation: Any, sign_in: SignIn
) -> None:
    step_of(organisation.person)
    Authenticator.objects.filter(type="totp").update(data={"secret": SECRET})  # as of old
    client = sign_in(organisation.admin)
    steps = Authenticator.objects.all()
    shown = texts(
        [client.get(reverse(LIST), {"q": "petra"})]
        + [client.get(reverse("admin:mfa_authenticator_change", args=[s.pk])) for s in steps]
        + [client.get(reverse("admin:mfa_authenticator_delete", args=[s.pk])) for s in steps]
    )
    assert "TOTP Authenticator" in shown
    assert "Recovery codes" in shown
    assert "Petra Person" in shown
    for secret in (SECRET, "fernet:", "seed", 'name="data"'):
        assert secret not in shown


def test_the_admin_neither_adds_nor_changes_a_second_step(
    organisation: Any, sign_in: SignIn
) -> None:
    step = step_of(organisation.person)
    client = sign_in(organisation.admin)
    change = reverse("admin:mfa_authenticator_change", args=[step.pk])
    given = {"user": organisation.admin.pk, "type": "totp", "data": json.dumps({"secret": "x"})}
    assert client.post(change, given).status_code == 403
    assert client.get(reverse("admin:mfa_authenticator_add")).status_code == 403
    step.refresh_from_db()
    assert step.user == organisation.person


@pytest.mark.parametrize("way", ["one", "ticked"])
def test_a_lost_phone_is_removed_with_its_recovery_codes(
    organisation: Any, sign_in: SignIn, way: str
) -> None:
    step = step_of(organisation.person)
    kept = step_of(organisation.colleague)
    client = sign_in(organisation.admin)
    if way == "one":
        url = reverse("admin:mfa_authenticator_delete", args=[step.pk])
        assert client.post(url, {"post": "yes"}).status_code == 302
    else:
        given = {"action": "delete_selected", "_selected_action": [step.pk], "post": "yes"}
        assert client.post(reverse(LIST), given).status_code == 302
    assert not Authenticator.objects.filter(user=organisation.person).exists()
    assert Authenticator.objects.filter(user=kept.user).count() == 2


def test_second_steps_are_closed_to_those_who_are_not_admins(
    organisation: Any, sign_in: SignIn
) -> None:
    assert sign_in(organisation.hr).get(reverse(LIST)).status_code in (302, 403)


def test_secrets_are_stored_encrypted_and_still_work(organisation: Any) -> None:
    step = step_of(organisation.person)
    codes = RecoveryCodes.activate(organisation.person)
    stored = json.dumps(list(Authenticator.objects.values_list("data", flat=True)))
    assert SECRET not in stored
    assert stored.count('"fernet:') == 2
    assert TOTP(step).validate_code(code_of_now())
    assert codes.validate_code(codes.get_unused_codes()[0])
    assert not codes.validate_code("00000000")


def test_a_secret_stored_before_encryption_still_works(organisation: Any) -> None:
    step = Authenticator.objects.create(
        user=organisation.person, type="totp", data={"secret": SECRET}
    )
    assert TOTP(step).validate_code(code_of_now())


def test_a_secret_stays_readable_under_the_secret_key_before(
    organisation: Any, settings: Any
) -> None:
    step = step_of(organisation.person)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key"
    assert TOTP(step).validate_code(code_of_now())


def test_a_secret_whose_key_is_gone_refuses_every_code(
    organisation: Any, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    step = step_of(organisation.person)
    settings.SECRET_KEY = "another key"
    assert not TOTP(step).validate_code(code_of_now())
    assert "another SECRET_KEY" in caplog.text

"""Invitations: one link, one use, and only while it holds."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core import mail, signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import services
from accounts.enums import InvitationState
from accounts.exceptions import InvitationRefused
from accounts.models import Invitation, Person
from accounts.services.invitations import SALT, invitation_token
from tests.accounts.resets import ask_for_reset

PASSWORD = "quiet-harbour-lantern"
SignIn = Callable[[Person], Client]


@pytest.fixture
def newcomer(organisation: Any) -> Person:
    return services.create_person(
        email="nova@example.org", name="Nova O'Neil & Sons", manager=organisation.manager
    )


def accept_url(invitation: Invitation) -> str:
    return reverse("accounts:invitation-accept", args=[invitation_token(invitation)])


def passwords(password: str = PASSWORD) -> dict[str, str]:
    return {"password1": password, "password2": password}


def test_inviting_mails_a_link_that_sets_the_password_and_signs_in(
    organisation: Any,
    newcomer: Person,
    client: Client,
    django_capture_on_commit_callbacks: Any,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        services.invite_person(newcomer, by=organisation.hr)
    [message] = mail.outbox
    assert message.to == ["nova@example.org"]
    assert "Nova O'Neil & Sons" in message.body
    assert "Hanna Resources invites you" in message.body
    link = re.search(r"http://testserver(/invitation/\S+)", str(message.body))
    assert link
    page = client.get(link[1])
    assert page.status_code == 200
    assert "nova@example.org" in page.text
    response = client.post(link[1], passwords())
    assert response.status_code == 302
    assert client.session["_auth_user_id"] == str(newcomer.pk)
    newcomer.refresh_from_db()
    assert newcomer.check_password(PASSWORD)
    invitation = Invitation.objects.get()
    assert invitation.state_at(timezone.now()) == InvitationState.ACCEPTED
    assert invitation.revoked_at is None


def test_a_link_works_once(newcomer: Person, client: Client) -> None:
    invitation = services.invite_person(newcomer, by=None)
    services.accept_invitation(invitation_token(invitation), password=PASSWORD)
    page = client.get(accept_url(invitation))
    assert page.status_code == 410
    assert "used already" in page.text
    assert client.post(accept_url(invitation), passwords("another-quiet-one")).status_code == 410
    newcomer.refresh_from_db()
    assert newcomer.check_password(PASSWORD)


def by_reset(person: Person) -> None:
    client = Client()
    ask_for_reset(person.email)
    link = re.search(r"http://testserver(/\S+)", str(mail.outbox[-1].body))
    assert link
    where = client.get(link[1], follow=True).redirect_chain[-1][0]
    client.post(where, passwords())


def by_change(person: Person) -> None:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    client.post(reverse("account_change_password"), {"oldpassword": "old", **passwords()})


def by_hand(person: Person) -> None:
    person.set_password(PASSWORD)  # as `manage.py changepassword` does
    person.save()


@pytest.mark.parametrize("set_anew", [by_reset, by_change, by_hand])
def test_a_password_set_in_another_way_ends_the_open_link(
    newcomer: Person, client: Client, set_anew: Callable[[Person], None]
) -> None:
    newcomer.set_password("old")
    newcomer.save()
    invitation = services.invite_person(newcomer, by=None)
    set_anew(newcomer)
    newcomer.refresh_from_db()
    assert newcomer.check_password(PASSWORD)
    page = client.post(accept_url(invitation), passwords("another-quiet-one"))
    assert page.status_code == 410
    assert "withdrawn" in page.text


def test_asking_for_a_reset_and_signing_in_leave_the_link_open(
    newcomer: Person, client: Client
) -> None:
    newcomer.set_password("old")
    newcomer.save()
    invitation = services.invite_person(newcomer, by=None)
    ask_for_reset(newcomer.email)
    client.post(reverse("account_login"), {"login": newcomer.email, "password": "old"})
    assert client.session["_auth_user_id"] == str(newcomer.pk)
    assert Client().get(accept_url(invitation)).status_code == 200


def test_a_link_expires_on_time(newcomer: Person, client: Client) -> None:
    invitation = services.invite_person(newcomer, by=None)
    last = invitation.created_at + timedelta(days=settings.INVITATION_DAYS)
    with time_machine.travel(last - timedelta(seconds=5), tick=False):
        assert client.get(accept_url(invitation)).status_code == 200
    with time_machine.travel(last + timedelta(seconds=5), tick=False):
        page = client.get(accept_url(invitation))
        assert page.status_code == 410
        assert "expired" in page.text


def test_a_new_invitation_replaces_the_open_one(newcomer: Person, client: Client) -> None:
    first = services.invite_person(newcomer, by=None)
    second = services.invite_person(newcomer, by=None)
    page = client.get(accept_url(first))
    assert page.status_code == 410
    assert "withdrawn" in page.text
    assert client.get(accept_url(second)).status_code == 200


@pytest.mark.parametrize(
    "token",
    [
        "nonsense",
        signing.Signer(salt=SALT).sign("00000000-0000-4000-8000-000000000000"),
        signing.Signer(salt=SALT).sign("no uuid"),
    ],
)
def test_a_forged_or_damaged_link_opens_nothing(db: None, client: Client, token: str) -> None:
    page = client.get(reverse("accounts:invitation-accept", args=[token]))
    assert page.status_code == 410
    assert "damaged" in page.text


def test_the_uuid_in_the_database_is_not_enough(newcomer: Person, client: Client) -> None:
    invitation = services.invite_person(newcomer, by=None)
    for token in (str(invitation.uuid), signing.Signer(salt="other").sign(str(invitation.uuid))):
        url = reverse("accounts:invitation-accept", args=[token])
        assert client.get(url).status_code == 410


def test_the_inactive_are_not_invited_and_cannot_accept(newcomer: Person, client: Client) -> None:
    invitation = services.invite_person(newcomer, by=None)
    services.deactivate_person(newcomer)
    assert client.get(accept_url(invitation)).status_code == 410
    with pytest.raises(InvitationRefused, match="not active"):
        services.invite_person(newcomer, by=None)
    Invitation.objects.update(revoked_at=None)  # even if it had stayed open
    assert client.post(accept_url(invitation), passwords()).status_code == 410
    services.reactivate_person(newcomer)
    newcomer.refresh_from_db()
    assert not newcomer.has_usable_password()


@pytest.mark.parametrize(
    ("given", "error"),
    [
        (passwords("short"), "too short"),
        (passwords("nova@example.org"), "too similar"),
        (passwords("password123"), "too common"),
        ({"password1": PASSWORD, "password2": PASSWORD + "x"}, "two passwords differ"),
        ({"password1": "", "password2": ""}, "required"),
    ],
)
def test_a_weak_or_mistyped_password_leaves_the_link_open(
    newcomer: Person, client: Client, given: dict[str, str], error: str
) -> None:
    invitation = services.invite_person(newcomer, by=None)
    page = client.post(accept_url(invitation), given)
    assert page.status_code == 422
    assert error in page.text
    assert services.find_invitation(invitation_token(invitation)) == invitation


def test_sending_twice_mails_once_and_never_a_dead_link(newcomer: Person) -> None:
    invitation = services.invite_person(newcomer, by=None, mail=False)
    services.send_invitation(invitation.pk)
    services.send_invitation(invitation.pk)
    assert len(mail.outbox) == 1
    assert "you are invited to Tutti" in mail.outbox[0].body
    dead = services.invite_person(newcomer, by=None, mail=False)
    services.revoke_invitation(dead)
    services.send_invitation(dead.pk)
    assert len(mail.outbox) == 1


def test_resending_mails_the_same_link_again(
    newcomer: Person, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        invitation = services.invite_person(newcomer, by=None)
    with django_capture_on_commit_callbacks(execute=True):
        services.resend_invitation(invitation)
    first, second = mail.outbox
    assert services.invitation_link(invitation) in first.body
    assert services.invitation_link(invitation) in second.body


def test_only_an_open_invitation_is_resent_or_withdrawn(newcomer: Person) -> None:
    invitation = services.invite_person(newcomer, by=None)
    services.revoke_invitation(invitation)
    with pytest.raises(InvitationRefused):
        services.resend_invitation(invitation)
    with pytest.raises(InvitationRefused):
        services.revoke_invitation(invitation)


ACTIONS = ("invitation-create", "invitation-resend", "invitation-revoke")


@pytest.mark.parametrize("name", ACTIONS)
@pytest.mark.parametrize("viewer", ["person", "manager", "head", "stranger", "auditor", "admin"])
def test_only_hr_acts_on_invitations(
    organisation: Any, newcomer: Person, sign_in: SignIn, name: str, viewer: str
) -> None:
    invitation = services.invite_person(newcomer, by=None)
    url = reverse(f"accounts:{name}", args=[newcomer.uuid])
    response = sign_in(organisation.named(viewer)).post(url, {"confirmed": "yes"})
    assert response.status_code == 403
    assert [each.pk for each in Invitation.objects.all()] == [invitation.pk]
    assert services.find_invitation(invitation_token(invitation))


@pytest.mark.parametrize("name", ACTIONS)
def test_acting_on_invitations_needs_a_sign_in_and_a_post(
    organisation: Any, newcomer: Person, sign_in: SignIn, client: Client, name: str
) -> None:
    url = reverse(f"accounts:{name}", args=[newcomer.uuid])
    assert client.post(url, {"confirmed": "yes"})["Location"].startswith(reverse("account_login"))
    assert sign_in(organisation.hr).get(url).status_code == 405


def test_hr_invites_resends_and_withdraws_after_confirming(
    organisation: Any, newcomer: Person, sign_in: SignIn, django_capture_on_commit_callbacks: Any
) -> None:
    client = sign_in(organisation.hr)
    create, resend, revoke = (reverse(f"accounts:{name}", args=[newcomer.uuid]) for name in ACTIONS)
    profile = reverse("accounts:profile", args=[newcomer.uuid])
    assert "Not invited yet" in client.get(profile).text
    asked = client.post(create)
    assert asked.status_code == 200
    assert "Invite Nova" in asked.text
    assert not Invitation.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        assert "on its way" in client.post(create, {"confirmed": "yes"}, follow=True).text
    assert "Mailed on" in client.get(profile).text
    with django_capture_on_commit_callbacks(execute=True):
        client.post(resend, {"confirmed": "yes"})
    assert len(mail.outbox) == 2
    assert Invitation.objects.get().created_by == organisation.hr
    done = client.post(revoke, {"confirmed": "yes"}, follow=True)
    assert "The invitation was withdrawn" in done.text
    assert "no open invitation" in client.post(resend, {"confirmed": "yes"}, follow=True).text
    with time_machine.travel(timezone.now() + timedelta(days=30), tick=False):
        Invitation.objects.update(revoked_at=None)
        page = sign_in(organisation.hr).get(profile).text
        assert "The last invitation expired on" in page
        Invitation.objects.update(accepted_at=timezone.now())
        assert "was accepted on" in client.get(profile).text


def test_inviting_the_inactive_from_the_page_says_why_not(
    organisation: Any, newcomer: Person, sign_in: SignIn
) -> None:
    services.deactivate_person(newcomer)
    url = reverse("accounts:invitation-create", args=[newcomer.uuid])
    page = sign_in(organisation.hr).post(url, {"confirmed": "yes"}, follow=True).text
    assert "cannot be invited" in page
    assert "The account is not active" in page

"""Invitations: single-use links with which a person sets their password.

The link carries a signature over the invitation's uuid, so reading the database is not enough to
take somebody's place; whether it still holds is read from the row each time. A password or an
address set in any other way ends an open link (`Person.save`).
"""

from datetime import timedelta
from urllib.parse import urljoin
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.enums import InvitationState
from accounts.exceptions import InvitationRefused
from accounts.models import Invitation, Person
from accounts.signals import invitation_made

SALT = "accounts.invitation"
REASONS = {
    InvitationState.ACCEPTED: "This link was used already.",
    InvitationState.REVOKED: "This link was withdrawn.",
    InvitationState.EXPIRED: "This link has expired.",
}


@transaction.atomic
def invite_person(person: Person, *, by: Person | None, mail: bool = True) -> Invitation:
    """Make a person's new invitation, valid INVITATION_DAYS days; open ones are revoked.

    Sends invitation_made, on which the link is mailed, unless `mail` is False (the link is handed
    over by other means). Raises InvitationRefused if the person is not active.
    """
    if not person.is_active:
        raise InvitationRefused(f"{person} is not active and cannot be invited.")
    now = timezone.now()
    Person.objects.select_for_update().only("pk").get(pk=person.pk)
    Invitation.objects.filter(person=person).open_at(now).update(revoked_at=now)
    invitation = Invitation.objects.create(
        person=person,
        created_by=by,
        expires_at=now + timedelta(days=settings.INVITATION_DAYS),
    )
    if mail:
        invitation_made.send(
            sender=Invitation, invitation_id=invitation.pk, by=invitation.created_by
        )
    return invitation


@transaction.atomic
def resend_invitation(invitation: Invitation) -> Invitation:
    """Mail an open invitation once more: same link, same last day. Raises InvitationRefused."""
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    _refuse_unless_open(invitation)
    invitation.sent_at = None
    invitation.save(update_fields=["sent_at"])
    invitation_made.send(sender=Invitation, invitation_id=invitation.pk, by=invitation.created_by)
    return invitation


@transaction.atomic
def revoke_invitation(invitation: Invitation) -> Invitation:
    """Make an open invitation's link useless. Raises InvitationRefused if it is not open."""
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    _refuse_unless_open(invitation)
    invitation.revoked_at = timezone.now()
    invitation.save(update_fields=["revoked_at"])
    return invitation


def send_invitation(invitation_id: int) -> None:
    """Mail an invitation's link to its person; called in the background.

    Does nothing if it was sent, or is no longer open, or its person is no longer active, so
    running it twice mails once. The mail goes before the mark: a crash between them mails twice
    rather than never.
    """
    invitation = Invitation.objects.select_related("person", "created_by").get(pk=invitation_id)
    still_open = invitation.state_at(timezone.now()) == InvitationState.OPEN
    if invitation.sent_at or not still_open or not invitation.person.is_active:
        return
    context = {
        "invitation": invitation,
        "person": invitation.person,
        "by": invitation.created_by,
        "link": invitation_link(invitation),
        "organisation": settings.ORGANISATION_NAME,
    }
    subject = render_to_string("accounts/mail/invitation_subject.txt", context)
    text = render_to_string("accounts/mail/invitation.txt", context)
    send_mail(" ".join(subject.split()), text, None, [invitation.person.email])
    Invitation.objects.filter(pk=invitation.pk).update(sent_at=timezone.now())


def invitation_token(invitation: Invitation) -> str:
    """Return the signed text that stands in the link."""
    return signing.Signer(salt=SALT).sign(str(invitation.uuid))


def invitation_link(invitation: Invitation) -> str:
    """Return the absolute address at which the person sets their password."""
    path = reverse("accounts:invitation-accept", args=[invitation_token(invitation)])
    return urljoin(settings.SITE_URL, path)


def find_invitation(token: str, *, lock: bool = False) -> Invitation:
    """Return the open invitation a link stands for.

    Raises InvitationRefused, with a reason for the reader, for a damaged, used, withdrawn or
    expired link, and for one of a person who is no longer active.
    """
    rows = Invitation.objects.select_related("person")
    if lock:
        rows = rows.select_for_update(of=("self",))
    try:
        invitation = rows.get(uuid=UUID(signing.Signer(salt=SALT).unsign(token)))
    except (signing.BadSignature, ValueError, Invitation.DoesNotExist) as error:
        raise InvitationRefused("This link is damaged or was never ours.") from error
    _refuse_unless_open(invitation)
    return invitation


@transaction.atomic
def accept_invitation(token: str, *, password: str) -> Person:
    """Set the password of the person a link was made for; the link is used up.

    The password is taken as it is: forms check its strength. Raises InvitationRefused.
    """
    invitation = find_invitation(token, lock=True)
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at"])
    person = invitation.person
    person.set_password(password)  # which ends other open links
    person.save(update_fields=["password"])
    return person


def _refuse_unless_open(invitation: Invitation) -> None:
    state = invitation.state_at(timezone.now())
    if state != InvitationState.OPEN:
        raise InvitationRefused(REASONS[state])
    if not invitation.person.is_active:
        raise InvitationRefused("The account of this link is not active.")

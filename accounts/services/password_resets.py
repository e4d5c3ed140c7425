"""Mails for who forgot their password.

Who asks is answered before anybody looks whether the address is known: that is found out in the
background, where the link is made too, so that it stands in the mail and nowhere else.
"""

from urllib.parse import urljoin

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.models import Person
from accounts.signals import password_reset_asked


@transaction.atomic
def ask_for_password_reset(email: str) -> None:
    """Have a mail sent to an address for which somebody asks for a new password."""
    password_reset_asked.send(sender=Person, email=email.lower())


def send_password_reset(email: str) -> None:
    """Mail a link to the active person whose address it is now; called in the background.

    An address that is nobody's is told so, without a link.
    """
    person = Person.objects.active().filter(email=email).first()
    context = {"email": email, "organisation": settings.ORGANISATION_NAME}
    if person is None:
        name = "unknown_address"
    else:
        name, context["link"] = "password_reset", password_reset_link(person)
    subject = render_to_string(f"accounts/mail/{name}_subject.txt", context)
    text = render_to_string(f"accounts/mail/{name}.txt", context)
    send_mail(" ".join(subject.split()), text, None, [email])


def password_reset_link(person: Person) -> str:
    """Return the absolute address at which the person sets a new password, once."""
    key = default_token_generator.make_token(person)
    given = {"uidb36": user_pk_to_url_str(person), "key": key}
    return urljoin(settings.SITE_URL, reverse("account_reset_password_from_key", kwargs=given))

"""API clients: made, listed, given a new secret, and ended."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from oauth2_provider.generators import generate_client_secret
from oauth2_provider.models import AccessToken, Application

from accounts.exceptions import ApiClientRefused
from accounts.models import ApiClient, EndedClient

NAME_LENGTH = 120  # as long as the name the ledger and the record of looks keep


@dataclass(frozen=True, slots=True)
class Credentials:
    """A client with its secret, which is stored hashed and can be shown this once only."""

    application: Application
    secret: str


@dataclass(frozen=True, slots=True)
class ClientRow:
    """One client as a list shows it."""

    id: int
    name: str
    client_id: str
    scopes: tuple[str, ...]
    created_at: datetime


@transaction.atomic
def create_client(name: str, *, scopes: Collection[str]) -> Credentials:
    """Make a confidential client of the client credentials grant that may ask for these scopes.

    Its name is what the ledger and the record of looks show, so no two ever have the same. Raises
    ApiClientRefused for an empty, too long or taken name, one of several lines, and for no or
    unknown scopes.
    """
    name = name.strip()
    _check_name(name)
    unknown = sorted(set(scopes) - set(settings.SCOPES))
    if unknown or not scopes:
        known = " ".join(settings.SCOPES)
        wrong = f"unknown scopes: {' '.join(unknown)}" if unknown else "no scope given"
        raise ApiClientRefused(f"{wrong}; choose from: {known}")
    secret = generate_client_secret()
    application = Application.objects.create(
        name=name,
        client_secret=secret,
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS,
    )
    ordered = [scope for scope in settings.SCOPES if scope in scopes]
    ApiClient.objects.create(application=application, scopes=ordered)
    return Credentials(application, secret)


@transaction.atomic
def rotate_secret(client_id: str) -> Credentials:
    """Give a client a new secret; the old one and every token end at once.

    Raises ApiClientRefused for an unknown client id.
    """
    application = application_of(client_id)
    secret = generate_client_secret()
    application.client_secret = secret
    application.save()
    AccessToken.objects.filter(application=application).delete()
    return Credentials(application, secret)


@transaction.atomic
def end_client(client_id: str) -> str:
    """Delete a client with its tokens and grants; return its name. What it recorded stays, and so
    does the name, which is given to no other.

    Raises ApiClientRefused for an unknown client id.
    """
    application = application_of(client_id)
    EndedClient.objects.create(name=application.name)
    application.delete()
    return str(application.name)


def _check_name(name: str) -> None:
    if not 0 < len(name) <= NAME_LENGTH or not name.isprintable():
        raise ApiClientRefused(
            f"A client's name has 1 to {NAME_LENGTH} characters, all of them in one line."
        )
    if Application.objects.filter(name__iexact=name).exists():
        raise ApiClientRefused(f"There is a client named {name!r} already.")
    if EndedClient.objects.filter(name__iexact=name).exists():
        raise ApiClientRefused(
            f"A client named {name!r} was ended; what it recorded stays under its name. "
            "Choose another one."
        )


def application_of(client_id: str) -> Application:
    """Return the client with this id. Raises ApiClientRefused."""
    application = Application.objects.filter(client_id=client_id).first()
    if application is None:
        raise ApiClientRefused(f"There is no client with the id {client_id!r}.")
    return application


def client_of(token: Any) -> Application:
    """Return the client behind a request's token (`request.auth`)."""
    return token.application


def client_rows() -> list[ClientRow]:
    """Return every client, oldest first; one query."""
    return [
        ClientRow(
            each.application_id,
            each.application.name,
            each.application.client_id,
            tuple(each.scopes),
            each.created_at,
        )
        for each in ApiClient.objects.select_related("application")
    ]

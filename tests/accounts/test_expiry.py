"""At night, what has run out goes."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from oauth2_provider.models import AccessToken

from accounts.models import Person
from accounts.services.clients import create_client
from accounts.tasks import clear_expired

pytestmark = pytest.mark.django_db


def test_tokens_and_sessions_that_ran_out_are_deleted_and_others_stay(
    make_person: Callable[..., Person], sign_in: Callable[..., Client]
) -> None:
    now = timezone.now()
    hour = timedelta(hours=1)
    api = create_client("HR core", scopes=["people:read"]).application
    for token, expires in (("old", now - hour), ("good", now + hour)):
        AccessToken.objects.create(token=token, expires=expires, application=api)
    gone, here = (sign_in(make_person()).session.session_key for _ in range(2))
    Session.objects.filter(pk=gone).update(expire_date=now - hour)
    clear_expired()
    assert list(AccessToken.objects.values_list("token", flat=True)) == ["good"]
    assert list(Session.objects.values_list("pk", flat=True)) == [here]


def test_the_night_asks_for_it() -> None:
    assert clear_expired.name in {each["task"] for each in settings.CELERY_BEAT_SCHEDULE.values()}

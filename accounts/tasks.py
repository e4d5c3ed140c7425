"""Background tasks: ids in, one service call."""

from celery import shared_task

from accounts.services import expiry


@shared_task(name="accounts.clear_expired")
def clear_expired() -> None:
    expiry.clear_expired()

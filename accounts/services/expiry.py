"""What has run out and is kept by nobody: tokens of API clients and sessions of people."""

from django.core.management import call_command
from oauth2_provider.models import clear_expired as clear_expired_tokens


def clear_expired() -> None:
    """Delete the tokens and sessions that have run out, as the libraries that made them do it."""
    clear_expired_tokens()
    call_command("clearsessions")

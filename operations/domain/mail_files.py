"""Reading what Django's file mail backend wrote: messages one after another, each followed by a
line of 79 hyphens.
"""

from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime

SEPARATOR = b"\n" + b"-" * 79 + b"\n"


@dataclass(frozen=True, slots=True)
class Mail:
    """One message as text. `sent_at` is None where the date is missing or can not be read."""

    subject: str
    to: str
    sender: str
    sent_at: datetime | None
    text: str


def parse_mail_file(content: bytes) -> list[Mail]:
    """Return the messages of one file in the order in which they were written."""
    parts = (part.strip(b"\n") for part in (b"\n" + content).split(SEPARATOR))
    return [_mail(part) for part in parts if part]


def _mail(raw: bytes) -> Mail:
    message = message_from_bytes(raw, policy=policy.default)
    return Mail(
        subject=str(message.get("Subject", "(no subject)")),
        to=str(message.get("To", "")),
        sender=str(message.get("From", "")),
        sent_at=_date(str(message.get("Date", ""))),
        text=_text(message),
    )


def _date(value: str) -> datetime | None:
    try:
        return parsedate_to_datetime(value)
    except ValueError:
        return None


def _text(message: EmailMessage) -> str:
    body = message.get_body(preferencelist=("plain",))
    return str(body.get_content()).strip() if body else ""

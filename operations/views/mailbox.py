"""Mail sent in development, readable in the browser. Outside DEBUG these pages do not exist."""

from pathlib import Path

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from operations.domain.mail_files import Mail, parse_mail_file

PAGE_SIZE = 50


def mailbox(request: HttpRequest) -> HttpResponse:
    """Show the messages, newest first."""
    page = Paginator(_newest_first(), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "operations/mailbox.html", {"page": page})


def mail_detail(request: HttpRequest, name: str, number: int) -> HttpResponse:
    """Show one message as plain text with its links."""
    for file, place, mail in _newest_first():
        if (file, place) == (name, number):
            return render(request, "operations/mail_detail.html", {"mail": mail})
    raise Http404


def _newest_first() -> list[tuple[str, int, Mail]]:
    if not settings.DEBUG:
        raise Http404
    folder = Path(getattr(settings, "EMAIL_FILE_PATH", None) or "/nonexistent")
    files = sorted(folder.glob("*.log"), key=lambda file: file.stat().st_mtime, reverse=True)
    return [
        (file.stem, number, mail)
        for file in files
        for number, mail in reversed(list(enumerate(parse_mail_file(file.read_bytes()))))
    ]

"""Who asks, said once, and with cookies that can be looked up."""

from collections.abc import Callable
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse


class ClientAddress:
    """Let REMOTE_ADDR be the client's address, so that limits, logs and the audit trail agree.

    Each of our TRUSTED_PROXIES proxies adds to X-Forwarded-For whom it was asked by. What stands
    before that was written by the client and is believed by nobody: the header goes.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        added = request.META.pop("HTTP_X_FORWARDED_FOR", "").split(",")
        if settings.TRUSTED_PROXIES and (
            address := _address(added[-settings.TRUSTED_PROXIES :][0])
        ):
            request.META["REMOTE_ADDR"] = address
        return self.get_response(request)


class ReadableCookies:
    """Leave out cookies with a NUL: nobody was sent one, and PostgreSQL cannot look it up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        cookies = request.COOKIES
        for name in [name for name, value in cookies.items() if "\x00" in name + value]:
            del cookies[name]
        return self.get_response(request)


def _address(text: str) -> str:
    """The address without brackets or port; empty if it is none."""
    host = text.strip()
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        return str(ip_address(host))
    except ValueError:
        return ""

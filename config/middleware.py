"""Who asks, said once and with cookies that can be looked up; what no browser keeps; the way back
to the page; and pages that do not exist.
"""

from collections.abc import Callable
from ipaddress import ip_address
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.defaults import page_not_found
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from accounts.models import Person

SESSION_ENDED = (
    "Your session ended; nothing was sent. Sign in and send it again. Most browsers keep what you "
    "typed if you sign in in another tab and then go back in this one."
)


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


class NotKept:
    """Let no browser keep what a person saw: after they signed out, Back shows nothing of it.

    What says itself how long it may be kept, like the pictures of a lesson, is left as it is.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if isinstance(request.user, Person):
            response.setdefault("Cache-Control", "private, no-store")
        return response


class WayBack:
    """Lead whoever is signed out to sign-in and from there back to the page they acted on.

    The address of a form or of a part of a page is no page: after signing in it would answer
    nothing that can be read. A click that was not carried out is told as such.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if asks_for_a_page(request) and response.status_code == 405 and not response.content:
            allowed = response["Allow"]
            response = render(request, "405.html", status=405)
            response["Allow"] = allowed
            return response
        htmx: HtmxDetails = getattr(request, "htmx")  # noqa: B009  # set by HtmxMiddleware
        if not _leads_to_sign_in(response) or (request.method in ("GET", "HEAD") and not htmx):
            return response
        if request.method not in ("GET", "HEAD"):
            messages.warning(request, SESSION_ENDED)
        acted_on = htmx.current_url if htmx else request.headers.get("Referer")
        back = redirect_to_login(_path_here(request, acted_on or "/"))
        return HttpResponseClientRedirect(back.url) if htmx else back


class OwnNotFound:
    """Answer a missing page in development as production does, without a list of addresses."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            resolve(request.path_info)
        except Resolver404 as missing:
            return page_not_found(request, missing)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return page_not_found(request, error) if isinstance(error, Http404) else None


def asks_for_a_page(request: HttpRequest) -> bool:
    return not request.path.startswith("/api/")


def _leads_to_sign_in(response: HttpResponse) -> bool:
    """Whether what was asked for waits behind sign-in; who signs out or cancels goes nowhere."""
    location = urlsplit(response.headers.get("Location", ""))
    return (
        response.status_code == 302
        and location.path == resolve_url(settings.LOGIN_URL)
        and REDIRECT_FIELD_NAME in parse_qs(location.query)
    )


def _path_here(request: HttpRequest, url: str) -> str:
    """Path and query of a page of this site; of any other, the first page."""
    allowed = {request.get_host()}
    if not url_has_allowed_host_and_scheme(url, allowed):
        return "/"
    here = urlsplit(url)._replace(scheme="", netloc="", fragment="").geturl() or "/"
    return here if url_has_allowed_host_and_scheme(here, allowed) else "/"  # it may begin with //


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

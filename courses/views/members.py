"""What every page of this app does first: who asks, and whether there is anything to show."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.models import Person
from courses.exceptions import NotOffered
from skills.exceptions import NoPolicyPublished

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def member_page(view: View[P]) -> View[P]:
    """A page for people who are signed in.

    What is withdrawn or still to be written is not found, with a way on; without a published
    framework there is nothing to learn for yet, and the page says so.
    """

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except NotOffered as error:
            context = {"reason": str(error)}
            return render(request, "courses/not_offered.html", context, status=404)
        except NoPolicyPublished:
            return render(request, "courses/not_loaded.html", status=503)

    return login_required(guarded)


def person_of(request: HttpRequest) -> Person:
    """The person who is signed in; the view is behind `member_page`."""
    return cast(Person, request.user)


def way_back(request: HttpRequest, url: str) -> str:
    """The page that one came from, as a form or the address says (`next`), or else `url`."""
    back = request.POST.get("next") or request.GET.get("next", "")
    hosts = {request.get_host()}
    is_ours = url_has_allowed_host_and_scheme(back, hosts, require_https=request.is_secure())
    return back if is_ours else url


def back_or(request: HttpRequest, url: str) -> HttpResponse:
    """Return to the page that a form was on (its field `next`), or to `url`."""
    return redirect(way_back(request, url))

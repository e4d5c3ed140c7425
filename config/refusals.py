"""What is refused outside every view: a person sees a page, a program reads a problem document."""

from django.http import HttpRequest, HttpResponse
from django.views import defaults

from accounts.api.problems import problem
from config.middleware import asks_for_a_page


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's `handler400`, such as for a host name that is not ours."""
    if asks_for_a_page(request):
        return defaults.bad_request(request, exception)
    return problem(request, 400, "The request cannot be read, or its Host is not one of ours.")


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's `handler500`."""
    if asks_for_a_page(request):
        return defaults.server_error(request)
    return problem(request, 500, "Something went wrong here; it has been logged.")

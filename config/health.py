"""`/health/`: whether the database answers, asked and said in a way that needs nothing else."""

from collections.abc import Callable

import structlog
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

PATIENCE = 2  # seconds for a new connection
log = structlog.get_logger(__name__)


class Health:
    """Answer `/health/` before host names, sessions and templates are looked at.

    A load balancer asks by an address and without TLS, and has to be answered when the table of
    sessions is out of reach.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = request.path_info in ("/health", "/health/")
        return health(request) if asked else self.get_response(request)


@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """200 while the database answers, else 503; why it does not is said in the log alone."""
    try:
        _ask_database()
    except Error:
        log.warning("database_does_not_answer", exc_info=True)
        return HttpResponse("unavailable\n", status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain")


def _ask_database() -> None:
    """Ask over a connection of its own: waiting for the pool could take its whole timeout."""
    probe = connection.copy()
    options = probe.settings_dict["OPTIONS"]
    options.pop("pool", None)
    if probe.vendor == "postgresql":
        options["connect_timeout"] = PATIENCE
    try:
        with probe.cursor() as cursor:
            cursor.execute("SELECT 1")
    finally:
        probe.close()

"""Who reads about named people in the administration takes a look that they can see."""

from collections.abc import Iterable, Sequence
from http import HTTPStatus
from operator import attrgetter
from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.http import HttpRequest, HttpResponse

from accounts import services
from accounts.models import Person


class LogsLooks(admin.ModelAdmin):
    """Rows about people: a look at one, or at its history, is logged for them, the list once.

    A search is a look at all whom it shows: what was typed is nobody's to read.
    """

    named: tuple[str, ...] = ("person",)  # the people whom a row is about

    def seen(self, rows: Sequence[Any]) -> Iterable[Person]:
        """Return at whom one looks with these rows."""
        people = (attrgetter(name)(row) for row in rows for name in self.named)
        return [person for person in people if person is not None]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        page: Any = super().changelist_view(request, extra_context)
        if page.status_code == HTTPStatus.OK:
            found = page.context_data["cl"]
            seen = self.seen(found.result_list) if found.query else [services.WHOLE_ORGANISATION]
            services.record_looks(seen, what=self._what, viewer=viewer_of(request))
        return cast(HttpResponse, page)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        page: Any = super().history_view(request, object_id, extra_context)
        if page.status_code == HTTPStatus.OK:
            self._record(page.context_data["object"], request)
        return cast(HttpResponse, page)

    def render_change_form(
        self,
        request: HttpRequest,
        context: Any,
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        if obj is not None:
            self._record(obj, request)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _record(self, row: Any, request: HttpRequest) -> None:
        for person in self.seen([row]):
            services.record_look(subject=person, what=self._what, viewer=viewer_of(request))

    @property
    def _what(self) -> str:
        return look_of(self.model)


class PeopleOffered(AutocompleteJsonView):
    """What a field of the administration offers; people among it are looked at as in a list."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if self.model_admin.model is Person:
            seen = context["object_list"] if self.term else [services.WHOLE_ORGANISATION]
            services.record_looks(seen, what=look_of(Person), viewer=viewer_of(self.request))
        return context


def look_of(model: Any) -> str:
    """What a look at rows of a table is called."""
    return f"{model._meta.verbose_name} (administration)".capitalize()


def viewer_of(request: HttpRequest) -> Person:
    """Who is signed in; the admin lets nobody else in."""
    return cast(Person, request.user)

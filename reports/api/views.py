"""Gaps, for HR's systems."""

from datetime import date
from itertools import chain, islice
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ParseError
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import Person
from accounts.services.access import WHOLE_ORGANISATION, record_look, record_wide_look, unit_scope
from accounts.services.clients import client_of
from accounts.services.cursors import Asked, at_cursor, encode_cursor
from reports.api.answers import GapsPage, PersonGapsAnswer, report_answer
from reports.api.csv_rows import CsvRenderer, csv_lines
from reports.api.queries import AsOfQuery, GapsQuery
from reports.services.gap_report import (
    GapScope,
    gap_cells,
    gap_page,
    gap_report,
    gaps_of_person,
    unmet_rows,
)

NO_CSV_PAGES = "A CSV comes in one piece: ask for it without a cursor."
NOBODY = "There is no person with this uuid."
FILTERS = ("job_role", "skill", "state")


class PersonsGaps(APIView):
    required_scopes = ("gaps:read",)
    query_serializer = AsOfQuery
    needs_content = True
    problems = {404: NOBODY}
    tag = "gaps"
    query: dict[str, Any]

    @extend_schema(
        operation_id="people_gaps",
        summary="One person's unmet requirements and the figures over all of them",
        description="Exempt requirements and those in grace are listed and leave the figures. "
        "The look is logged; the person can see it.",
        responses={200: PersonGapsAnswer},
    )
    def get(self, request: Request, uuid: UUID) -> Response:
        found = gaps_of_person(uuid, self.query.get("as_of"))
        if found is None:
            raise Http404(NOBODY)
        subject = Person(pk=found.person.id)  # the key is all that a look needs
        record_look(subject=subject, what="Gaps (API)", client=client_of(request.auth).name)
        answer = {
            "person": str(found.person.uuid),
            "name": found.person.name,
            "as_of": found.as_of.isoformat(),
            "policy_version": found.policy_version,
            "gap": found.gap,
            "met": found.met,
            "required_count": found.required_count,
            "blocking_count": found.blocking_count,
            "rows": [gap_cells(row) for row in unmet_rows(found)],
        }
        return Response(answer)


class Gaps(APIView):
    required_scopes = ("gaps:read",)
    renderer_classes = [JSONRenderer, CsvRenderer]
    query_serializer = GapsQuery
    needs_content = True
    tag = "gaps"
    query: dict[str, Any]
    asked: Asked

    @extend_schema(
        operation_id="gaps_list",
        summary="The gap report: one row per active person and unmet requirement",
        description="A snapshot as of a day, in a fixed order: of the people who are active today, "
        "with the units, managers and requirements of that day. JSON in pages, where a cursor "
        "keeps the day of the first page; CSV as one stream, in which `manager` is the manager's "
        "external_id (or uuid), `unit` its path, and a cell that a spreadsheet would take for a "
        "formula begins with an apostrophe. The look is logged once with its scope.",
        responses={
            (200, "application/json"): GapsPage,
            (200, "text/csv"): OpenApiTypes.STR,
        },
    )
    def get(self, request: Request) -> HttpResponseBase:
        cursor = self.query.get("cursor")
        as_of = self.query.get("as_of", timezone.localdate())
        scope = GapScope(
            self.query.get("unit"), **{name: self.query.get(name, "") for name in FILTERS}
        )
        csv = request.accepted_renderer.format == CsvRenderer.format
        if cursor is None:
            answer = _csv(scope, as_of) if csv else self._page(scope, as_of, after=0)
            self._log(scope, as_of)
            return answer
        if csv:
            raise ParseError(NO_CSV_PAGES)
        return self._page(scope, date.fromisoformat(cursor["as_of"]), cursor["after"])

    def perform_content_negotiation(
        self, request: Request, force: bool = False
    ) -> tuple[BaseRenderer, str]:
        """`format` in the query goes before the `Accept` header."""
        for renderer in self.get_renderers():
            if renderer.format == request.query_params.get("format"):
                return renderer, renderer.media_type
        return super().perform_content_negotiation(request, force)

    def _page(self, scope: GapScope, as_of: date, after: int) -> Response:
        size = self.query["page_size"]
        page = gap_page(scope, as_of, after=after, size=size, chunk=max(10, size // 10))
        further = None
        if page.after is not None:
            cursor = encode_cursor(
                {"as_of": as_of.isoformat(), "after": page.after}, of="gaps", asked=self.asked
            )
            further = at_cursor(self.request.build_absolute_uri(), cursor)
        results = [report_answer(row) for row in page.rows]
        return Response({"as_of": as_of.isoformat(), "results": results, "next": further})

    def _log(self, scope: GapScope, as_of: date) -> None:
        covered = unit_scope(scope.unit) if scope.unit else WHOLE_ORGANISATION
        asked = ", ".join(f"{name} {self.query[name]}" for name in FILTERS if name in self.query)
        record_wide_look(
            scope=covered.narrowed(asked).as_of(as_of),
            what="Gaps (API)",
            client=client_of(self.request.auth).name,
        )


def _csv(scope: GapScope, as_of: date) -> StreamingHttpResponse:
    """The report as a stream that begins once its first people are read, so that what is refused
    is refused with a status.
    """
    people = gap_report(scope, as_of)
    first = list(islice(people, 1))
    rows = (row for one in chain(first, people) for row in one.rows)
    name = f"gaps-{as_of.isoformat()}.csv"
    return StreamingHttpResponse(
        csv_lines(rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )

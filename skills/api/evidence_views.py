"""Evidence in and out, for HR's systems."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import APIException, ErrorDetail, ParseError, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import Person
from accounts.services.access import record_look
from accounts.services.clients import client_of
from skills.api import kinds
from skills.api.evidence_answer import (
    EvidenceAnswer,
    PersonEvidence,
    evidence_answer,
    loaded_evidence,
)
from skills.api.evidence_body import EXAMPLE, EvidenceBody, RevocationBody
from skills.exceptions import DecisionRefused, EntryRefused, IdempotencyConflict, UnknownInPolicy
from skills.models import ClientKindGrant
from skills.services.decisions import revoke_evidence
from skills.services.ledger import record_evidence

NOBODY = "There is no person with this uuid."
NO_EVIDENCE = "There is no evidence with this uuid."
KEY = re.compile(r"[!-~]{1,120}")
BAD_KEY = "Send the header Idempotency-Key: 1 to 120 printable ASCII characters, no spaces."
KEY_HEADER = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "pattern": f"^{KEY.pattern}$"},
    OpenApiParameter.HEADER,
    required=True,
    description="Names this request, unique per client; a repeat is answered as the first was.",
)
FIELD_OF = {"demonstrated": "level", "votes": "marks", "source": "assessors", "bank": "issuer"}
"""How the body names what an entry condition names otherwise."""


class Conflict(APIException):
    status_code = 409
    default_code = "conflict"


class PersonsEvidence(APIView):
    required_scopes = ("evidence:read",)
    problems = {404: NOBODY}
    tag = "evidence"

    @extend_schema(
        operation_id="people_evidence",
        summary="All evidence about one person, revoked rows included",
        description="Oldest first. The look is logged; the person can see it.",
        responses={200: PersonEvidence},
    )
    def get(self, request: Request, uuid: UUID) -> Response:
        person = Person.objects.filter(uuid=uuid).first()
        if person is None:
            raise Http404(NOBODY)
        client = client_of(request.auth).name
        record_look(subject=person, what="Evidence (API)", client=client)
        rows = loaded_evidence().filter(person=person)
        return Response({"person": str(uuid), "results": [evidence_answer(row) for row in rows]})


class RecordEvidence(APIView):
    required_scopes = ("evidence:write",)
    tag = "evidence"
    needs_content = True
    problems = {
        403: "The token lacks the scope `evidence:write`, or the client was not granted this kind.",
        409: "The `Idempotency-Key` was used for other evidence.",
    }

    @extend_schema(
        operation_id="evidence_record",
        summary="Record evidence",
        description="The ledger is append-only: a mistake is revoked, never changed.\n\n"
        + "\n".join((kinds.__doc__ or "").splitlines()[2:]),
        parameters=[KEY_HEADER],
        request=EvidenceBody,
        examples=[OpenApiExample("A proctored exam", EXAMPLE, request_only=True)],
        responses={
            201: OpenApiResponse(EvidenceAnswer, "Recorded."),
            200: OpenApiResponse(
                EvidenceAnswer, "Recorded before with this key: the first answer."
            ),
        },
    )
    def post(self, request: Request) -> Response:
        key = request.headers.get("Idempotency-Key", "")
        if not KEY.fullmatch(key):
            raise ParseError(BAD_KEY)
        body = EvidenceBody(data=request.data)
        body.is_valid(raise_exception=True)
        _check_grant(request, body.validated_data["kind"])
        client = client_of(request.auth)
        with _refusals():
            recorded = record_evidence(
                **body.validated_data,
                client=client.name,
                idempotency_key=f"client:{client.pk}:{key}",
            )
        row = loaded_evidence().get(pk=recorded.evidence.pk)
        status = 201 if recorded.created else 200
        return Response(evidence_answer(row, as_recorded=True), status)


class RevokeEvidence(APIView):
    required_scopes = ("evidence:write",)
    tag = "evidence"
    needs_content = True
    problems = {
        403: "The token lacks the scope `evidence:write`, or the client was not granted the kind.",
        404: NO_EVIDENCE,
        409: "The evidence is revoked already.",
    }

    @extend_schema(
        operation_id="evidence_revoke",
        summary="Revoke evidence that was a mistake",
        description="From now on it counts as if it had never been; the row stays. Only rows of "
        "the kinds that the client was granted. The answer shows the row, so the look is logged.",
        request=RevocationBody,
        examples=[OpenApiExample("Mistaken", {"reason": "Wrong person"}, request_only=True)],
        responses={200: OpenApiResponse(EvidenceAnswer, "Revoked.")},
    )
    def post(self, request: Request, uuid: UUID) -> Response:
        row = loaded_evidence().filter(uuid=uuid).first()
        if row is None:
            raise Http404(NO_EVIDENCE)
        _check_grant(request, row.kind.slug)
        body = RevocationBody(data=request.data)
        body.is_valid(raise_exception=True)
        client = client_of(request.auth).name
        with _refusals():
            revoke_evidence(row, reason=body.validated_data["reason"], client=client)
        record_look(subject=row.person, what="Evidence revoked (API)", client=client)
        return Response(evidence_answer(loaded_evidence().get(pk=row.pk)))


def _check_grant(request: Request, kind: str) -> None:
    granted = ClientKindGrant.objects.filter(client=client_of(request.auth), kind__slug=kind)
    if not granted.exists():
        raise PermissionDenied(f"This client was not granted evidence of the kind {kind}.")


@contextmanager
def _refusals() -> Iterator[None]:
    """What the services refuse, as the API's own errors."""
    try:
        yield
    except EntryRefused as refused:
        detail: dict[str, Any] = {
            FIELD_OF.get(refused.field, refused.field): [ErrorDetail(refused.message, refused.code)]
        }
        raise serializers.ValidationError(detail) from refused
    except UnknownInPolicy as unknown:
        field = "skill" if unknown.what == "skill" else "kind"
        message = f"This {unknown.what} is no longer in the framework."
        raise serializers.ValidationError(
            {field: [ErrorDetail(message, f"{field}_withdrawn")]}
        ) from unknown
    except (IdempotencyConflict, DecisionRefused) as refused:
        raise Conflict(str(refused)) from refused

"""Which kinds of evidence an API client may record and revoke."""

from collections.abc import Collection

from django.db import transaction

from skills.exceptions import UnknownKinds
from skills.models import ClientKindGrant, EvidenceKind


@transaction.atomic
def grant_kinds(application_id: int, kinds: Collection[str]) -> None:
    """Let a client record these kinds of evidence, and no others.

    Raises UnknownKinds naming those that the framework does not have.
    """
    known = dict(EvidenceKind.objects.filter(slug__in=kinds).values_list("slug", "pk"))
    unknown = sorted(set(kinds) - set(known))
    if unknown:
        raise UnknownKinds(unknown, list(EvidenceKind.objects.values_list("slug", flat=True)))
    ClientKindGrant.objects.filter(client_id=application_id).delete()
    ClientKindGrant.objects.bulk_create(
        ClientKindGrant(client_id=application_id, kind_id=pk) for pk in sorted(known.values())
    )


def granted_kinds(application_ids: Collection[int]) -> dict[int, list[str]]:
    """The kinds each of these clients may record, by client; one query."""
    granted: dict[int, list[str]] = {each: [] for each in application_ids}
    rows = ClientKindGrant.objects.filter(client_id__in=application_ids).order_by("kind__position")
    for client, kind in rows.values_list("client_id", "kind__slug"):
        granted[client].append(kind)
    return granted

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
    granted = ClientKindGrant.objects.filter(client_id=application_id)
    granted.exclude(kind_id__in=known.values()).delete()
    for pk in sorted(known.values()):  # one by one: the audit log does not see bulk writes
        ClientKindGrant.objects.get_or_create(client_id=application_id, kind_id=pk)


def granted_kinds(application_ids: Collection[int]) -> dict[int, list[str]]:
    """The kinds each of these clients may record, by client; one query."""
    granted: dict[int, list[str]] = {each: [] for each in application_ids}
    rows = ClientKindGrant.objects.filter(client_id__in=application_ids).order_by("kind__position")
    for client, kind in rows.values_list("client_id", "kind__slug"):
        granted[client].append(kind)
    return granted

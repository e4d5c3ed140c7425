"""Publishing policy versions, and the one that is current."""

from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Subquery

from jobs.services import enqueue
from skills.domain.policy import Document, Policy, policy_from_document
from skills.exceptions import NoPolicyPublished, PolicyAlreadyPublished, PolicyInvalid
from skills.models import Evidence, EvidenceKind, PolicyVersion
from skills.models.framework import document_digest

_MOST_PARSED = 16
_parsed: dict[str, Policy] = {}


class Published(NamedTuple):
    """A policy version: the id of its row and what the calculations take."""

    id: int
    policy: Policy


def current_policy() -> Policy:
    """The policy that holds now; one query. Raises NoPolicyPublished."""
    return published_policy().policy


def published_policy() -> Published:
    """The policy that holds now with the id of its row; one query. Raises NoPolicyPublished."""
    row = PolicyVersion.objects.filter(is_current=True).values_list("id", "digest").first()
    if row is None:
        raise NoPolicyPublished
    return Published(row[0], policy_of_digest(row[1]))


def current_digest() -> Subquery:
    """An annotation with the digest of the current policy, so that it rides on another query."""
    return Subquery(PolicyVersion.objects.filter(is_current=True).order_by().values("digest")[:1])


def policy_of_digest(digest: str | None) -> Policy:
    """The policy with this content digest.

    A digest names content, never a row, so a process may keep what it parsed: no query when it
    has met the digest before, one otherwise. Raises NoPolicyPublished for None.
    """
    if digest is None:
        raise NoPolicyPublished
    if digest not in _parsed:
        document = PolicyVersion.objects.filter(digest=digest).values_list("document", flat=True)
        _keep(digest, policy_from_document(document[0]))
    return _parsed[digest]


def publish_policy(document: Document) -> PolicyVersion:
    """Publish a policy document and make it the current version.

    `document` is `{"version", "params", "kinds", "skills"}` (docs/skill-policy.md). Publishing the
    current one again changes nothing; an earlier version with the same content becomes current
    again. Where the ledger has rows, a job writes their dates under this version and recomputes
    the competencies; until it is done pages send such rows through the ladder themselves.
    Raises PolicyInvalid, and PolicyAlreadyPublished for a known version with other content.
    """
    policy = policy_from_document(document)
    digest = document_digest(document)
    _refuse_missing_kinds(policy)
    with transaction.atomic():
        version = PolicyVersion.objects.filter(version=policy.version).first()
        if version is not None and version.digest != digest:
            raise PolicyAlreadyPublished(policy.version)
        if version is not None and version.is_current:
            return version
        PolicyVersion.objects.filter(is_current=True).update(is_current=False)
        if version is None:
            version = PolicyVersion(version=policy.version, document=dict(document))
        version.is_current = True
        version.save()
        if Evidence.objects.exists():
            enqueue(
                "skills.republish_dates",
                title=f"Apply policy version {policy.version}",
                policy_id=version.pk,
            )
    _keep(digest, policy)
    return version


def policy_change(document: Document) -> str | None:
    """What `publish_policy` would do, as one line; None: nothing. Raises what it raises."""
    policy = policy_from_document(document)
    _refuse_missing_kinds(policy)
    known = PolicyVersion.objects.filter(version=policy.version).first()
    if known is None:
        return f"policy version {policy.version}: publish"
    if known.digest != document_digest(document):
        raise PolicyAlreadyPublished(policy.version)
    return None if known.is_current else f"policy version {policy.version}: make current again"


def _refuse_missing_kinds(policy: Policy) -> None:
    """A kind with evidence stays in the policy: without its rule its rows mean nothing."""
    used: Any = EvidenceKind.objects.exclude(slug__in=policy.kinds)
    slug = used.filter(evidence__isnull=False).values_list("slug", flat=True).first()
    if slug is not None:
        raise PolicyInvalid(f"kinds.{slug}", "has evidence in the ledger and must stay")


def _keep(digest: str, policy: Policy) -> None:
    if len(_parsed) >= _MOST_PARSED:
        _parsed.clear()
    _parsed[digest] = policy

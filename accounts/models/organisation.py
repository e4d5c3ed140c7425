"""The tree of units, job roles, and who holds which position there."""

import uuid as uuid_lib
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Self

from auditlog.models import LogEntry
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import F, Q
from treebeard.mp_tree import MP_Node, MP_NodeManager

from accounts.domain.roles import MOST_INHERITED


class OrgUnitManager(MP_NodeManager):
    def move(self, node: "OrgUnit", target: "OrgUnit", pos: str | None = None) -> None:
        """Move a unit with all below it; the audit log says from which place to which."""
        with transaction.atomic():
            old = self._place(node)
            super().move(node, target, pos)
            new = self._place(node)
            if new != old:
                changes = {"place": [old, new]}
                LogEntry.objects.log_create(node, changes=changes, action=LogEntry.Action.UPDATE)

    def _place(self, node: "OrgUnit") -> str:
        """The names of the units above, as the database has them now."""
        unit = self.get(pk=node.pk)
        *above, _ = unit_trails([unit])[unit.pk]
        return " / ".join(each.name for each in above) or "top of the organisation"


class OrgUnit(MP_Node):
    """A unit of the organisation; the tree is a materialised path."""

    node_order_by = ("name",)
    uuid = models.UUIDField(default=uuid_lib.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=120)

    objects = OrgUnitManager()

    class Meta:
        verbose_name = "unit"

    def __str__(self) -> str:
        return self.name

    @property
    def path_steps(self) -> list[str]:
        """The materialised paths from the top of the tree down to this unit."""
        return [self.path[:end] for end in range(self.steplen, len(self.path) + 1, self.steplen)]


def unit_trails(units: Iterable[OrgUnit]) -> dict[int, list[OrgUnit]]:
    """Units above and including each unit, top first, by the unit's id; one query for all."""
    given = list(units)
    paths = {path for unit in given for path in unit.path_steps}
    known = {unit.path: unit for unit in OrgUnit.objects.filter(path__in=paths)} if paths else {}
    return {unit.pk: [known[path] for path in unit.path_steps] for unit in given}


class JobRole(models.Model):
    """A job role; what it requires stands with the skills."""

    uuid = models.UUIDField(default=uuid_lib.uuid4, unique=True, editable=False)
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    persona = models.CharField(max_length=120, blank=True)
    summary = models.TextField(blank=True)
    why = models.TextField(blank=True)
    reference_occupations = models.CharField(max_length=255, blank=True)
    inherits = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="inherited_by"
    )
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    @property
    def lineage(self) -> list["JobRole"]:
        """The role and those it inherits from, nearest first."""
        roles = [self]
        while len(roles) <= MOST_INHERITED and (above := roles[-1].inherits) is not None:
            roles.append(above)
        return roles


class PositionQuerySet(models.QuerySet["Position"]):
    def current_on(self, day: date) -> Self:
        return self.held_between(day, day)

    def held_between(self, first: date, last: date) -> Self:
        """Positions held on any of these days (both included)."""
        return self.filter(Q(starts_on__lte=last), Q(ends_on__isnull=True) | Q(ends_on__gte=first))

    def largest_first(self) -> Self:
        """The order in which a position is a person's main one: share, then start, then id."""
        return self.order_by("person_id", F("share").desc(), "starts_on", "id")


class Position(models.Model):
    """A person's place: a unit, a job role and a share of time, from a day to a day (included)."""

    uuid = models.UUIDField(default=uuid_lib.uuid4, unique=True, editable=False)
    person = models.ForeignKey("accounts.Person", models.CASCADE, related_name="positions")
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="positions")
    job_role = models.ForeignKey(JobRole, models.PROTECT, related_name="positions")
    share = models.DecimalField(
        "share of time",
        max_digits=4,
        decimal_places=3,
        default=Decimal(1),
        validators=[MinValueValidator(Decimal("0.001")), MaxValueValidator(Decimal(1))],
    )
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = PositionQuerySet.as_manager()

    class Meta:
        ordering = ("person", "starts_on", "id")
        indexes = [models.Index(fields=("unit", "job_role"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(share__gt=0, share__lte=1),
                name="position_share_of_one",
                violation_error_message="A share is above 0 and at most 1.",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="position_ends_after_start",
                violation_error_message="A position cannot end before it begins.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.job_role}, {self.unit}"

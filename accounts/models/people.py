"""People, the line they report along, and what other systems call them."""

import uuid as uuid_lib
from collections.abc import Collection
from datetime import date, datetime
from typing import Any, ClassVar, Self

from allauth.account.models import EmailAddress
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property

from accounts.domain.lines import LINE_LENGTH, LINE_STEP, line_ids, line_step
from accounts.domain.words import words_of
from accounts.enums import Group
from accounts.models.organisation import OrgUnit, Position

LINE_LAST = "9" * LINE_STEP


class PersonQuerySet(models.QuerySet["Person"]):
    def active(self) -> Self:
        return self.filter(is_active=True)

    def administrators(self) -> Self:
        """Active people who may do everything in the admin."""
        return self.active().filter(is_staff=True, is_superuser=True)

    def in_line_of(self, manager: "Person") -> Self:
        """People whose reporting line leads to the manager, the manager left out."""
        path = manager.line_path
        return self.filter(line_path__gt=path, line_path__lte=path + LINE_LAST)

    def reporting_to(self, manager: "Person") -> Self:
        return self.filter(manager=manager)

    def visible_to(self, viewer: "Person") -> Self:
        """The people whose record the viewer may open: the whole, or their line and themselves."""
        if not viewer.is_active:
            return self.none()
        if viewer.sees_everyone:
            return self
        path = viewer.line_path
        return self.filter(line_path__gte=path, line_path__lte=path + LINE_LAST)

    def placed_in(self, unit: OrgUnit, *, on: date) -> Self:
        """People who count in the unit or below it: their main position stands there on a day."""
        held = Position.objects.current_on(on).filter(person=models.OuterRef("pk"))
        main = held.largest_first().values("unit__path")[:1]
        return self.alias(main_path=models.Subquery(main)).filter(main_path__startswith=unit.path)

    def matching(self, text: str) -> Self:
        """People in whom every word of a search is found.

        Looked at are name, e-mail, external id, and the unit and job role of current positions.
        """
        people = self
        current = Position.objects.current_on(timezone.localdate()).filter(
            person=models.OuterRef("pk")
        )
        for word in words_of(text):
            place = current.filter(
                models.Q(unit__name__icontains=word) | models.Q(job_role__name__icontains=word)
            )
            people = people.filter(
                models.Q(name__icontains=word)
                | models.Q(email__icontains=word)
                | models.Q(external_id__iexact=word)
                | models.Exists(place)
            )
        return people


class PersonManager(BaseUserManager["Person"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Person":
        person = self.model(email=self.normalize_email(email).lower(), **fields)
        person.set_password(password)
        person.save()
        return person

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "Person":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(email=(username or "").lower())


class Person(AbstractBaseUser, PermissionsMixin):  # type: ignore[django-manager-missing]
    """A member of the organisation, who signs in by e-mail."""

    uuid = models.UUIDField(default=uuid_lib.uuid4, unique=True, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=150)
    external_id = models.CharField(
        "external id", max_length=100, unique=True, null=True, blank=True, help_text="HR's key"
    )
    manager = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="direct_reports"
    )
    line_path = models.CharField(max_length=LINE_LENGTH, db_index=True, default="", editable=False)
    has_ai_access = models.BooleanField("AI access at work", default=True)
    is_active = models.BooleanField("active", default=True)
    is_staff = models.BooleanField("may open the admin", default=False)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)
    _password: str | None  # what set_password was given, until it is stored

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects: ClassVar[Any] = PersonManager.from_queryset(PersonQuerySet)()

    class Meta:
        verbose_name_plural = "people"
        ordering = ("name", "id")
        constraints = [models.UniqueConstraint(Lower("email"), name="person_email_any_case")]

    def __str__(self) -> str:
        return self.name or self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store the person, and with them what may not lag behind.

        Addresses are kept in small letters, so that they are found by their index. A new person
        gets the path of their line; services move it. With a new address the former one opens
        nothing any more. A new address or password ends invitations that were open.
        """
        self.email = self.email.lower()
        readdressed = self._is_readdressed(kwargs.get("update_fields"))
        has_new_access = self.pk is not None and (readdressed or self._password is not None)
        with transaction.atomic(savepoint=False):
            super().save(*args, **kwargs)
            if not self.line_path:
                self._begin_line()
            if readdressed:
                self._drop_former_addresses()
            if has_new_access:
                now = timezone.now()
                self.invitations.open_at(now).update(revoked_at=now)

    def _is_readdressed(self, saved: Collection[str] | None) -> bool:
        if saved is not None and "email" not in saved:
            return False
        return not type(self).objects.filter(pk=self.pk, email=self.email).exists()

    def _begin_line(self) -> None:
        above = self.manager.line_path if self.manager else ""
        self.line_path = above + self.line_step
        type(self).objects.filter(pk=self.pk).update(line_path=self.line_path)
        self.line_periods.create(line_path=self.line_path, starts_at=self.date_joined)

    def _drop_former_addresses(self) -> None:
        """Let allauth know no address of this person but this one, and nobody else by it."""
        email = self.email.lower()
        rows = EmailAddress.objects.filter(models.Q(user=self) | models.Q(email=email))
        rows.exclude(user=self, email=email).delete()

    @property
    def line_step(self) -> str:
        return line_step(self.pk)

    @property
    def line_ids(self) -> list[int]:
        """Ids from the top of the reporting line down to this person."""
        return line_ids(self.line_path)

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split()[0] if self.name else self.email

    @cached_property
    def group_names(self) -> frozenset[str]:
        return frozenset(self.groups.values_list("name", flat=True))

    def belongs_to(self, group: Group) -> bool:
        return group.value in self.group_names

    @property
    def sees_everyone(self) -> bool:
        """HR reads the organisation and auditors read everything; nobody else does."""
        return bool(self.group_names & {Group.HR, Group.AUDITOR})

    @cached_property
    def leads_people(self) -> bool:
        """Whether anybody active stands below in the reporting line."""
        below: PersonQuerySet = Person.objects.active()
        return below.in_line_of(self).exists()

    @cached_property
    def has_reports(self) -> bool:
        """Whether anybody active reports to this person directly."""
        return self.direct_reports.filter(is_active=True).exists()


class LinePeriodQuerySet(models.QuerySet["LinePeriod"]):
    def open(self) -> Self:
        return self.filter(ends_at__isnull=True)

    def since(self, moment: datetime) -> Self:
        return self.filter(models.Q(ends_at__isnull=True) | models.Q(ends_at__gt=moment))


class LinePeriod(models.Model):
    """Where a person stood on the reporting line, from one moment until before another.

    Follows `Person.line_path` (services.lines), so that what concerned a line once can be judged
    by who stood in it then.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="line_periods")
    line_path = models.CharField(max_length=LINE_LENGTH)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    objects = LinePeriodQuerySet.as_manager()

    class Meta:
        ordering = ("person", "starts_at", "id")
        indexes = [models.Index(fields=("starts_at",))]
        constraints = [
            models.UniqueConstraint(
                fields=("person",),
                condition=models.Q(ends_at__isnull=True),
                name="line_period_open_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} from {self.starts_at:%Y-%m-%d}"

    @property
    def above_ids(self) -> list[int]:
        """Ids from the top of the line down to the person's manager then."""
        return line_ids(self.line_path)[:-1]


class Identity(models.Model):
    """What another system calls a person."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="identities")
    system = models.SlugField(max_length=60)
    identifier = models.CharField(max_length=255)

    class Meta:
        verbose_name_plural = "identities"
        constraints = [
            models.UniqueConstraint(
                fields=("system", "identifier"), name="identity_once_per_system"
            )
        ]

    def __str__(self) -> str:
        return f"{self.system}:{self.identifier}"

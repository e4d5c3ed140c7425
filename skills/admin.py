"""The admin of skills: what comes from `content/` and the ledger are read-only here.

Appointments and exemptions are made here, through the services; afterwards they can only end
sooner.
"""

from http import HTTPStatus
from operator import attrgetter
from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import Model
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse

from accounts.models import Person
from accounts.services import WHOLE_ORGANISATION, record_look, record_looks
from skills.exceptions import DecisionRefused
from skills.models import (
    AssessorAppointment,
    ClientKindGrant,
    Competency,
    Domain,
    Evidence,
    EvidenceKind,
    Exemption,
    PolicyVersion,
    Requirement,
    Revocation,
    ScaleLevel,
    Settlement,
    Skill,
    SkillLevel,
)
from skills.services.appointments import (
    ENDS_LATER,
    appoint_assessor,
    end_appointment,
    end_exemption,
    grant_exemption,
)

FROM_CONTENT = (
    "This comes from the files in content/ and is changed there (manage.py load_content)."
)
APPEND_ONLY = "The ledger is append-only: a mistake is revoked, never edited or deleted."
DERIVED = (
    "These rows are a cache: each is worked out from the evidence ledger, and nobody edits one. "
    "manage.py rebuild_competencies works out all of them again; with --check it only compares."
)


class ReadOnly(admin.ModelAdmin):
    """Rows to look at, with a note that says where they are changed."""

    note = FROM_CONTENT

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        messages.info(request, self.note)
        return super().changelist_view(request, extra_context)


class LogsLooks(admin.ModelAdmin):
    """Rows of people's records: a look at one is logged for its person, a look at the list once.

    A search is a look at each person it shows: what was typed is nobody's to read.
    """

    subject = "person"  # whose record a row is part of

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        page: Any = super().changelist_view(request, extra_context)
        if page.status_code == HTTPStatus.OK:
            found = page.context_data["cl"]
            people = map(attrgetter(self.subject), found.result_list)
            seen = people if found.query else [WHOLE_ORGANISATION]
            record_looks(seen, what=self._what, viewer=_actor(request))
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
            subject = attrgetter(self.subject)(obj)
            record_look(subject=subject, what=self._what, viewer=_actor(request))
        return super().render_change_form(request, context, add, change, form_url, obj)

    @property
    def _what(self) -> str:
        return f"{self.opts.verbose_name} (administration)".capitalize()


@admin.register(ScaleLevel)
class ScaleLevelAdmin(ReadOnly):
    list_display = ("level", "name", "autonomy", "reach")


@admin.register(EvidenceKind)
class EvidenceKindAdmin(ReadOnly):
    list_display = ("name", "slug")


@admin.register(Domain)
class DomainAdmin(ReadOnly):
    list_display = ("name", "slug", "summary")


class SkillLevelInline(admin.TabularInline):
    model = SkillLevel
    extra = 0
    can_delete = False


@admin.register(Skill)
class SkillAdmin(ReadOnly):
    list_display = ("name", "domain", "half_life_months", "keystone", "is_active")
    list_filter = ("domain", "keystone", "is_active")
    search_fields = ("name", "slug")
    inlines = (SkillLevelInline,)


@admin.register(Requirement)
class RequirementAdmin(ReadOnly):
    list_display = ("job_role", "skill", "level", "weight", "valid_from", "valid_to")
    list_filter = ("job_role", "weight")
    search_fields = ("skill__name", "skill__slug")
    list_select_related = ("job_role", "skill")


@admin.register(PolicyVersion)
class PolicyVersionAdmin(ReadOnly):
    list_display = ("version", "published_at", "is_current")
    note = "A published policy version is never edited; the next version replaces it."


@admin.register(Competency)
class CompetencyAdmin(LogsLooks, ReadOnly):
    list_display = ("person", "skill", "verified_level", "claimed_level", "state", "due_on")
    list_filter = ("state", "verified_level", "skill__domain")
    search_fields = ("person__name", "person__email", "skill__slug")
    list_select_related = ("person", "skill")
    note = DERIVED


@admin.register(Evidence)
class EvidenceAdmin(LogsLooks, ReadOnly):
    list_display = ("person", "skill", "kind", "level", "observed_on", "recorded_at")
    list_filter = ("kind", "skill__domain")
    search_fields = ("person__name", "person__email", "skill__slug", "uuid")
    list_select_related = ("person", "skill", "kind")
    note = APPEND_ONLY


@admin.register(Revocation)
class RevocationAdmin(LogsLooks, ReadOnly):
    subject = "evidence.person"
    list_display = ("evidence", "revoked_on", "reason", "recorded_by", "recorded_by_client")
    list_select_related = ("evidence__kind", "evidence__person", "recorded_by")
    note = APPEND_ONLY


@admin.register(Settlement)
class SettlementAdmin(LogsLooks, ReadOnly):
    subject = "kept.person"
    list_display = ("set_aside", "kept", "decided_on", "reviewer", "reason")
    list_select_related = ("set_aside__kind", "kept__kind", "kept__person", "reviewer")
    note = APPEND_ONLY


class MadeByService(admin.ModelAdmin):
    """Rows added through a service; later they only end sooner, and nothing is deleted."""

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        if obj is None:
            return ()
        return [name for name in self.get_fields(request, obj) if name != "ends_on"]

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kw: Any
    ) -> Any:
        """A form that knows who fills it in, so that it can refuse what the service would."""
        form = super().get_form(request, obj, change, **kw)
        return type(form.__name__, (form,), {"actor": request.user})


class TermForm(ModelForm):
    """Refuses what the services would, at the field at fault."""

    actor: Person
    own_person_error: str

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.instance.pk and data.get("person") == self.actor:
            self.add_error("person", self.own_person_error)
        start, end = data.get("starts_on") or self.instance.starts_on, data.get("ends_on")
        if start and end and end < start:
            self.add_error("ends_on", "It cannot end before it starts.")
        was = self.initial.get("ends_on") if self.instance.pk else None
        if was and "ends_on" not in self.errors and (end is None or end > was):
            self.add_error("ends_on", ENDS_LATER)
        return data


class AppointmentForm(TermForm):
    own_person_error = "Nobody appoints themselves."


class ExemptionForm(TermForm):
    own_person_error = "Nobody exempts themselves."


@admin.register(AssessorAppointment)
class AssessorAppointmentAdmin(LogsLooks, MadeByService):
    form = AppointmentForm
    fields = (
        "person",
        "domain",
        "highest_level",
        "is_founding",
        "starts_on",
        "ends_on",
        "reason",
    )
    autocomplete_fields = ("person",)
    list_display = ("person", "domain", "highest_level", "is_founding", "starts_on", "ends_on")
    list_filter = ("domain", "is_founding")
    search_fields = ("person__name", "person__email")
    list_select_related = ("person", "domain")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            if "ends_on" in form.changed_data:
                end_appointment(obj, on=obj.ends_on)
            return
        made = appoint_assessor(
            person=obj.person,
            domain=obj.domain,
            level=obj.highest_level,
            reason=obj.reason,
            by=_actor(request),
            founding=obj.is_founding,
            starts_on=obj.starts_on,
            ends_on=obj.ends_on,
        )
        obj.pk = made.pk


@admin.register(Exemption)
class ExemptionAdmin(LogsLooks, MadeByService):
    form = ExemptionForm
    fields = ("person", "skill", "starts_on", "ends_on", "reason")
    autocomplete_fields = ("person", "skill")
    list_display = ("person", "skill", "starts_on", "ends_on", "approved_by", "reason")
    search_fields = ("person__name", "person__email", "skill__name")
    list_select_related = ("person", "skill", "approved_by")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            if "ends_on" in form.changed_data:
                end_exemption(obj, on=obj.ends_on)
            return
        made = grant_exemption(
            person=obj.person,
            skill=obj.skill,
            reason=obj.reason,
            by=_actor(request),
            starts_on=obj.starts_on,
            ends_on=obj.ends_on,
        )
        obj.pk = made.pk


@admin.register(ClientKindGrant)
class ClientKindGrantAdmin(admin.ModelAdmin):
    list_display = ("client", "kind")
    list_filter = ("kind",)
    list_select_related = ("client", "kind")


def _actor(request: HttpRequest) -> Person:
    """Who is signed in; the admin lets nobody else in."""
    if not isinstance(request.user, Person):
        raise DecisionRefused("signed_out", "Sign in first.")
    return request.user

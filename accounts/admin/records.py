"""Records that nobody writes by hand, second steps and clients of the API."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from allauth.mfa.models import Authenticator
from auditlog.admin import LogEntryAdmin
from auditlog.models import LogEntry
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from oauth2_provider.models import Application

from accounts.admin.looks import LogsLooks
from accounts.models import Invitation, JobRole, Person, RecordAccess
from accounts.services.clients import end_client
from accounts.services.second_steps import remove_second_step

admin.site.unregister(Authenticator)  # ours, below, shows no secret
admin.site.unregister(LogEntry)  # ours, below, searches people by what they have
admin.site.unregister(Application)  # ours, below, makes and changes none


class ReadOnlyAdmin(admin.ModelAdmin):
    """For records that nobody writes by hand; a note says where they are written."""

    note = ""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if self.note:
            messages.info(request, self.note)
        return super().changelist_view(request, extra_context)


@admin.register(JobRole)
class JobRoleAdmin(ReadOnlyAdmin):
    list_display = ("name", "slug", "persona", "inherits", "is_active")
    list_filter = ("is_active",)
    list_select_related = ("inherits",)
    search_fields = ("name", "slug")
    note = "This comes from the files in content/ and is changed there (manage.py load_content)."


@admin.register(Invitation)
class InvitationAdmin(LogsLooks, ReadOnlyAdmin):
    list_display = (
        "person", "created_at", "created_by", "expires_at", "sent_at", "accepted_at", "revoked_at",
    )  # fmt: skip
    list_select_related = ("person", "created_by")
    search_fields = ("person__name", "person__email")
    date_hierarchy = "created_at"
    exclude = ("uuid",)  # what the link signs


@admin.register(RecordAccess)
class RecordAccessAdmin(LogsLooks, ReadOnlyAdmin):
    named = ("subject", "actor")
    list_display = ("at", "actor", "client", "subject", "what", "scope")
    list_select_related = ("actor", "subject")
    list_filter = ("scope_kind",)
    search_fields = ("actor__name", "actor__email", "subject__name", "subject__email", "client")
    date_hierarchy = "at"


@admin.register(Authenticator)
class SecondStepAdmin(LogsLooks):
    """Who signs in with a second step; removed here when a phone is lost, set up by its owner."""

    named = ("user",)
    fields = ("user", "type", "created_at", "last_used_at")  # never `data`: it holds the secret
    list_display = fields
    list_display_links = ("type",)
    list_filter = ("type",)
    list_select_related = ("user",)
    search_fields = ("user__name", "user__email")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def delete_model(self, request: HttpRequest, obj: Authenticator) -> None:
        remove_second_step(obj)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for step in queryset:
            remove_second_step(step)


@admin.register(LogEntry)
class AuditLogAdmin(LogsLooks, LogEntryAdmin):
    """The audit log; read-only as auditlog makes it. An entry is about its person and its actor."""

    search_fields = ("timestamp", "object_repr", "changes", "actor__name", "actor__email")

    def seen(self, rows: Sequence[LogEntry]) -> Iterable[Person]:
        subjects = _subject_ids(rows)
        actors = [row.actor for row in rows if row.actor is not None]
        return [*Person.objects.filter(pk__in=subjects), *actors]


def _subject_ids(entries: Iterable[LogEntry]) -> set[int]:
    """Whose records the entries are of: people, or what has a `person`; not of what is gone."""
    keys: dict[Any, set[int]] = defaultdict(set)
    for entry in entries:
        keys[entry.content_type.model_class()].add(entry.object_id)
    found = keys.pop(Person, set())
    for model, ids in keys.items():
        if model is not None and hasattr(model, "person_id"):
            found |= set(model._base_manager.filter(pk__in=ids).values_list("person_id", flat=True))
    return found


@admin.register(Application)
class ApiClientAdmin(ReadOnlyAdmin):
    """Clients of the API: looked at and ended here, made by the command that keeps their rules."""

    fields = ("name", "client_id", "scopes", "created")  # never the secret, hashed as it is
    list_display = fields
    list_select_related = ("api_client",)
    search_fields = ("name", "client_id")
    note = (
        "Clients of the API are made by manage.py create_api_client. Deleting one here ends it "
        "with its tokens at once; what it recorded stays, under its name."
    )

    @admin.display
    def scopes(self, client: Application) -> str:
        granted = getattr(client, "api_client", None)
        return " ".join(granted.scopes) if granted else ""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return admin.ModelAdmin.has_delete_permission(self, request, obj)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What goes with a client needs no right of its own, and a token's name is the token."""
        _, counts, _, protected = super().get_deleted_objects(objs, request)
        return [str(client) for client in objs], counts, set(), protected

    def delete_model(self, request: HttpRequest, obj: Application) -> None:
        end_client(obj.client_id)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for client in queryset:
            end_client(client.client_id)

"""The admin of people and the organisation; what has rules is written by the services."""

from collections.abc import Callable, Sequence
from functools import reduce
from http import HTTPStatus
from operator import or_
from typing import Any, cast

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from auditlog.admin import LogEntryAdmin
from auditlog.models import LogEntry
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.forms import BaseInlineFormSet, ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from oauth2_provider.models import AccessToken, Application, Grant, IDToken, RefreshToken
from treebeard.admin import TreeAdmin
from treebeard.forms import movenodeform_factory

from accounts import services
from accounts.domain.positions import overfull_day
from accounts.exceptions import Refused, SharesRefused
from accounts.models import (
    Identity,
    Invitation,
    JobRole,
    OrgUnit,
    Person,
    Position,
    RecordAccess,
)
from accounts.permissions import can_change_account, can_open_admin
from accounts.services.clients import end_client
from accounts.services.locks import one_writer
from accounts.services.people import PLAIN_FIELDS, check_administrator_leaves, check_move
from accounts.services.positions import place_of
from accounts.services.second_steps import remove_second_step

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.has_permission = lambda request: can_open_admin(request.user)  # type: ignore[method-assign]
admin.site.site_header = "Tutti administration"
admin.site.site_title = "Tutti administration"
admin.site.unregister(Group)  # rights hang on the names; who is in one is said at the person
admin.site.unregister(EmailAddress)  # a person has one address: that of the person
admin.site.unregister(Authenticator)  # ours, below, shows no secret
admin.site.unregister(LogEntry)  # ours, below, searches people by what they have
admin.site.unregister(Application)  # ours, below, makes and changes none
admin.site.unregister((AccessToken, Grant, IDToken, RefreshToken))  # nobody's to edit

LOOK = "Person (administration)"
ONLY_SUPERUSERS = "is of the staff or holds an office, so only a superuser may change them."


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


class PersonForm(ModelForm):
    class Meta:
        model = Person
        fields = (
            "name",
            "email",
            "external_id",
            "manager",
            "has_ai_access",
            "is_active",
            "is_staff",
            "is_superuser",
            "groups",
        )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        rights = ("is_active", "is_staff", "is_superuser")
        if self.instance.pk and not all(given.get(name, True) for name in rights):
            try:
                check_administrator_leaves(self.instance)
            except Refused as refused:
                raise ValidationError(str(refused)) from refused
        return given

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).lower()
        if Person.objects.filter(email__iexact=email).exclude(pk=self.instance.pk).exists():
            raise ValidationError("Another person has this e-mail address.")
        return email

    def clean_external_id(self) -> str | None:
        return self.cleaned_data["external_id"] or None

    def clean_manager(self) -> Person | None:
        manager: Person | None = self.cleaned_data["manager"]
        try:
            check_move(self.instance, manager=manager)
        except Refused as refused:
            raise ValidationError(str(refused)) from refused
        return manager


class PositionFormSet(BaseInlineFormSet):
    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        kept = [
            form.instance
            for form in self.forms
            if form not in self.deleted_forms and (form.instance.pk or form.has_changed())
        ]
        over = overfull_day(place_of(position) for position in kept)
        if over:
            raise ValidationError(str(SharesRefused(*over)))


class PositionInline(admin.TabularInline):
    model = Position
    formset = PositionFormSet
    fields = ("unit", "job_role", "share", "starts_on", "ends_on")
    extra = 0


class IdentityInline(admin.TabularInline):
    model = Identity
    extra = 0


@admin.register(Person)
class PersonAdmin(admin.ModelAdmin):
    """People are deactivated, never deleted; passwords are set by invitation only."""

    form = PersonForm
    inlines = (PositionInline, IdentityInline)
    list_display = ("name", "email", "external_id", "manager", "is_active", "is_staff")
    list_filter = ("is_active", "is_staff", "groups", "has_ai_access")
    list_select_related = ("manager",)
    search_fields = ("name", "email", "external_id")
    autocomplete_fields = ("manager",)
    filter_horizontal = ("groups",)
    readonly_fields = ("uuid", "last_login", "date_joined")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Person | None = None) -> bool:
        """An address opens an account: whoever may more than others is changed by superusers."""
        may = obj is None or can_change_account(_viewer(request), obj)
        return may and super().has_change_permission(request, obj)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except PermissionDenied:
            person = self.get_object(request, unquote(object_id)) if object_id else None
            if person and self.has_change_permission(request):
                raise PermissionDenied(f"{person} {ONLY_SUPERUSERS}") from None
            raise

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Rights are given by those who have them all."""
        rights = () if _viewer(request).is_superuser else ("is_staff", "is_superuser", "groups")
        return (*self.readonly_fields, *rights)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        page: Any = super().changelist_view(request, extra_context)
        if page.status_code == HTTPStatus.OK:
            found = page.context_data["cl"]
            seen = found.result_list if found.query else [services.WHOLE_ORGANISATION]
            services.record_looks(seen, what=LOOK, viewer=_viewer(request))
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
            services.record_look(subject=obj, what=LOOK, viewer=_viewer(request))
        return super().render_change_form(request, context, add, change, form_url, obj)

    @transaction.atomic
    def save_model(self, request: HttpRequest, obj: Person, form: ModelForm, change: bool) -> None:
        given = form.cleaned_data
        plain = {name: given[name] for name in PLAIN_FIELDS if name in given}
        if not change:
            made = services.create_person(manager=given["manager"], **plain)
            obj.pk, obj.line_path, obj.uuid = made.pk, made.line_path, made.uuid
            obj.password = made.password
            obj._state.adding = False
            if not given["is_active"]:
                services.deactivate_person(made)
            return
        stored: Person = Person.objects.get(pk=obj.pk)
        services.update_person(stored, **plain)
        services.move_person(stored, manager=given["manager"])
        if given["is_active"]:
            services.reactivate_person(stored)
        else:
            services.deactivate_person(stored)
        obj.refresh_from_db()

    def save_formset(
        self, request: HttpRequest, form: ModelForm, formset: Any, change: bool
    ) -> None:
        if formset.model is not Position:
            formset.save()
            return
        saved: Sequence[Position] = formset.save(commit=False)
        removed = formset.deleted_objects
        services.save_positions(form.instance, saved=saved, removed=removed)
        formset.save_m2m()


def _viewer(request: HttpRequest) -> Person:
    """Who is signed in; the admin lets nobody else in."""
    return cast(Person, request.user)


class OrgUnitForm(movenodeform_factory(OrgUnit)):  # type: ignore[misc]
    def clean_name(self) -> str:
        name = " ".join(str(self.cleaned_data["name"]).split())
        if "/" in name:
            raise ValidationError('A name cannot hold "/": it separates the levels of a path.')
        return name


@admin.register(OrgUnit)
class OrgUnitAdmin(TreeAdmin):
    """Whatever writes the tree begins with the lock: paths read before it may have moved."""

    form = OrgUnitForm
    search_fields = ("name",)
    readonly_fields = ("uuid",)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return _alone(request, super().changeform_view, *args, **kwargs)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return _alone(request, super().delete_view, *args, **kwargs)

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request._treebeard_parent = None  # type: ignore[attr-defined]  # unset by it after a POST
        return _alone(request, super().changelist_view, *args, **kwargs)

    def move_node(self, request: HttpRequest) -> HttpResponse:
        return _alone(request, super().move_node)

    def children_view(self, request: HttpRequest, parent_id: str) -> HttpResponse:
        if not parent_id.isdecimal():
            raise Http404
        return cast(HttpResponse, super().children_view(request, parent_id))

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Ask for the units below too: they go with it, and their positions forbid it."""
        paths = [models.Q(path__startswith=unit.path) for unit in objs]
        tree = OrgUnit.objects.filter(reduce(or_, paths, models.Q(pk__in=())))
        return super().get_deleted_objects(tree, request)


def _alone(
    request: HttpRequest, view: Callable[..., HttpResponse], *args: Any, **kwargs: Any
) -> HttpResponse:
    """What the view answers; one that may write does so while nobody else changes units."""
    if request.method != "POST":
        return view(request, *args, **kwargs)
    with one_writer():
        return view(request, *args, **kwargs)


@admin.register(JobRole)
class JobRoleAdmin(ReadOnlyAdmin):
    list_display = ("name", "slug", "persona", "inherits", "is_active")
    list_filter = ("is_active",)
    list_select_related = ("inherits",)
    search_fields = ("name", "slug")
    note = "This comes from the files in content/ and is changed there (manage.py load_content)."


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    list_display = (
        "person", "created_at", "created_by", "expires_at", "sent_at", "accepted_at", "revoked_at",
    )  # fmt: skip
    list_select_related = ("person", "created_by")
    search_fields = ("person__name", "person__email")
    date_hierarchy = "created_at"
    exclude = ("uuid",)  # what the link signs


@admin.register(RecordAccess)
class RecordAccessAdmin(ReadOnlyAdmin):
    list_display = ("at", "actor", "client", "subject", "what", "scope")
    list_select_related = ("actor", "subject")
    list_filter = ("scope_kind",)
    search_fields = ("actor__name", "actor__email", "subject__name", "subject__email", "client")
    date_hierarchy = "at"


@admin.register(Authenticator)
class SecondStepAdmin(admin.ModelAdmin):
    """Who signs in with a second step; removed here when a phone is lost, set up by its owner."""

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
class AuditLogAdmin(LogEntryAdmin):
    """The audit log; read-only as auditlog makes it."""

    search_fields = ("timestamp", "object_repr", "changes", "actor__name", "actor__email")


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

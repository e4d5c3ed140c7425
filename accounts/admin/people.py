"""People in the administration, with their positions and identities."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.forms import BaseInlineFormSet, ModelForm
from django.http import HttpRequest, HttpResponse

from accounts import services
from accounts.admin.looks import LogsLooks, viewer_of
from accounts.domain.positions import overfull_day
from accounts.exceptions import Refused, SharesRefused
from accounts.models import Identity, Person, Position
from accounts.permissions import can_change_account
from accounts.services.people import PLAIN_FIELDS, check_administrator_leaves, check_move
from accounts.services.positions import place_of

ONLY_SUPERUSERS = "is of the staff or holds an office, so only a superuser may change them."


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
class PersonAdmin(LogsLooks):
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
        may = obj is None or can_change_account(viewer_of(request), obj)
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
        rights = () if viewer_of(request).is_superuser else ("is_staff", "is_superuser", "groups")
        return (*self.readonly_fields, *rights)

    def seen(self, rows: Sequence[Person]) -> Sequence[Person]:
        return rows

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

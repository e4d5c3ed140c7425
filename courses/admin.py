"""The admin of courses: what comes from `content/` and what people did are read-only here."""

from http import HTTPStatus
from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse

from accounts.models import Person
from accounts.services.access import WHOLE_ORGANISATION, Scope, record_looks
from courses.models import (
    Assignment,
    Curriculum,
    Enrolment,
    FaultReport,
    Item,
    ItemVersion,
    Lesson,
    LessonImage,
    LessonPreparation,
    LessonVersion,
    Module,
    PracticalTask,
)
from courses.services.assignment_reach import group_asked

FROM_CONTENT = (
    "This comes from the files in content/ and is changed there (manage.py load_content)."
)
ON_ITS_PAGES = "This is made and changed on the pages, which keep the rules; here it is shown only."


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


class LogsLooks(ReadOnly):
    """Rows about people: a look at one is logged for them, a look at the list once.

    A search is a look at all whom it shows: what was typed is nobody's to read.
    """

    note = ON_ITS_PAGES

    def seen(self, row: Any) -> Person | Scope:
        """At whom one looks with a row."""
        person: Person = row.person
        return person

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        page = super().changelist_view(request, extra_context)
        if page.status_code == HTTPStatus.OK:
            found = page.context_data["cl"]
            seen = map(self.seen, found.result_list) if found.query else [WHOLE_ORGANISATION]
            record_looks(seen, what=self._what, viewer=cast(Person, request.user))
        return page

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
            record_looks([self.seen(obj)], what=self._what, viewer=cast(Person, request.user))
        return super().render_change_form(request, context, add, change, form_url, obj)

    @property
    def _what(self) -> str:
        return f"{self.opts.verbose_name} (administration)".capitalize()


class ReadOnlyInline(admin.TabularInline):
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ModuleInline(ReadOnlyInline):
    model = Module


class LessonInline(ReadOnlyInline):
    model = Lesson
    exclude = ("current",)


class PreparationInline(ReadOnlyInline):
    model = LessonPreparation


class LessonVersionInline(ReadOnlyInline):
    model = LessonVersion
    fk_name = "lesson"
    fields = ("number", "digest", "created_at")
    readonly_fields = ("created_at",)


class ItemVersionInline(ReadOnlyInline):
    model = ItemVersion
    fk_name = "item"
    fields = ("number", "level", "topic", "stem", "created_at")
    readonly_fields = ("created_at",)


@admin.register(Curriculum)
class CurriculumAdmin(ReadOnly):
    list_display = ("title", "job_role", "version", "is_active")
    list_select_related = ("job_role",)
    inlines = (ModuleInline,)


@admin.register(Module)
class ModuleAdmin(ReadOnly):
    list_display = ("slug", "title", "curriculum", "position", "is_active")
    list_filter = ("curriculum",)
    list_select_related = ("curriculum",)
    inlines = (LessonInline,)


@admin.register(Lesson)
class LessonAdmin(ReadOnly):
    list_display = ("slug", "title", "module", "minutes", "is_written", "is_active")
    list_filter = ("module__curriculum", "is_active")
    list_select_related = ("module",)
    search_fields = ("slug", "title", "objective")
    inlines = (PreparationInline, LessonVersionInline)

    @admin.display(boolean=True, description="has a text")
    def is_written(self, lesson: Lesson) -> bool:
        return lesson.current_id is not None


@admin.register(LessonImage)
class LessonImageAdmin(ReadOnly):
    list_display = ("name", "module", "media_type")
    list_select_related = ("module",)
    exclude = ("data",)


@admin.register(PracticalTask)
class PracticalTaskAdmin(ReadOnly):
    list_display = ("title", "module", "kind", "minutes")
    list_select_related = ("module", "kind")


@admin.register(Item)
class ItemAdmin(ReadOnly):
    list_display = ("slug", "purpose", "skill", "module", "is_active")
    list_filter = ("purpose", "skill")
    list_select_related = ("skill", "module")
    search_fields = ("slug",)
    inlines = (ItemVersionInline,)


@admin.register(Enrolment)
class EnrolmentAdmin(LogsLooks):
    list_display = ("person", "curriculum", "origin", "enrolled_at", "left_at")
    list_filter = ("curriculum", "origin")
    list_select_related = ("person", "curriculum")
    search_fields = ("person__name", "person__email")


@admin.register(Assignment)
class AssignmentAdmin(LogsLooks):
    list_display = ("__str__", "person", "team_of", "job_role", "due_on", "assigned_by")
    list_select_related = (
        "person", "team_of", "job_role", "line_of", "curriculum", "lesson", "check_skill",
        "assigned_by",
    )  # fmt: skip
    search_fields = ("person__name", "assigned_by__name")

    def seen(self, row: Assignment) -> Person | Scope:
        return group_asked(row)


@admin.register(FaultReport)
class FaultReportAdmin(ReadOnly):
    list_display = ("lesson", "state", "reporter", "reported_at", "resolved_by")
    list_filter = ("state",)
    list_select_related = ("lesson", "reporter", "resolved_by")
    search_fields = ("text", "lesson__slug")
    note = ON_ITS_PAGES

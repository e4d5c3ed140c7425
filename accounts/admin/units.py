"""The tree of units in the administration."""

from collections.abc import Callable
from functools import reduce
from operator import or_
from typing import Any, cast

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from treebeard.admin import TreeAdmin
from treebeard.forms import movenodeform_factory

from accounts.models import (
    OrgUnit,
)
from accounts.services.locks import one_writer


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

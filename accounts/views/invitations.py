"""Accepting an invitation, and what HR does with them."""

from collections.abc import Callable
from typing import cast
from uuid import UUID

from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import permissions, services
from accounts.exceptions import InvitationRefused
from accounts.forms import InvitationAcceptForm
from accounts.models import Invitation, Person
from accounts.views.texts import INVITE, RESEND, REVOKE, Question

GONE = 410


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation_accept(request: HttpRequest, token: str) -> HttpResponse:
    """Set the first password with a link from an invitation, and sign in (second step included)."""
    try:
        person = services.find_invitation(token).person
        form = InvitationAcceptForm(request.POST or None, person=person)
        if request.method == "POST" and form.is_valid():
            person = services.accept_invitation(token, password=form.cleaned_data["password1"])
            return cast(HttpResponse, perform_login(request, person))
    except InvitationRefused as refused:
        context = {"reason": str(refused)}
        return render(request, "accounts/invitation_refused.html", context, status=GONE)
    status = 422 if form.errors else 200
    given = {"form": form, "person": person}
    return render(request, "accounts/invitation_accept.html", given, status=status)


def _act(
    request: HttpRequest, uuid: UUID, question: Question, act: Callable[[Person], str]
) -> HttpResponse:
    """Let HR do something to a person's invitation, after asking."""
    if not permissions.can_manage_people(request.user):
        raise PermissionDenied("Only HR invites people.")
    person = get_object_or_404(Person, uuid=uuid)
    if request.POST.get("confirmed") != "yes":
        asked = question.about(person)
        context = {"question": asked.question, "text": asked.text, "label": asked.label}
        context["back"] = _profile_url(person)
        return render(request, "confirm.html", context)
    try:
        messages.success(request, act(person))
    except InvitationRefused as refused:
        messages.error(request, str(refused))
    return redirect(_profile_url(person))


def _profile_url(person: Person) -> str:
    return reverse("accounts:profile", args=[person.uuid])


def _newest(person: Person) -> Invitation:
    invitation = person.invitations.open_at(timezone.now()).first()
    if invitation is None:
        raise InvitationRefused(f"{person} has no open invitation.")
    return invitation


@login_required
@require_POST
def invitation_create(request: HttpRequest, uuid: UUID) -> HttpResponse:
    def act(person: Person) -> str:
        services.invite_person(person, by=cast(Person, request.user))
        return f"An invitation is on its way to {person.email}."

    return _act(request, uuid, INVITE, act)


@login_required
@require_POST
def invitation_resend(request: HttpRequest, uuid: UUID) -> HttpResponse:
    def act(person: Person) -> str:
        services.resend_invitation(_newest(person))
        return f"The invitation is on its way to {person.email} again."

    return _act(request, uuid, RESEND, act)


@login_required
@require_POST
def invitation_revoke(request: HttpRequest, uuid: UUID) -> HttpResponse:
    def act(person: Person) -> str:
        services.revoke_invitation(_newest(person))
        return "The invitation was withdrawn. Its link no longer works."

    return _act(request, uuid, REVOKE, act)

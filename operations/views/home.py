"""The first page: where each of us starts."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.models import Person


def home(request: HttpRequest) -> HttpResponse:
    """Lead everyone to the page they came for."""
    user = request.user
    if not isinstance(user, Person):
        return redirect("account_login")
    if user.sees_everyone:
        return redirect("reports:organisation")
    if user.leads_people:
        return redirect("skills:team-matrix")
    return redirect("courses:my-path")

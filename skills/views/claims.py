"""Saying where one would place oneself: a claim, which moves no verified level."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from skills.exceptions import EntryRefused
from skills.forms import ClaimForm
from skills.models import Skill
from skills.permissions import can_record_claim
from skills.services.ledger import record_claim
from skills.views.levels import level_texts
from skills.views.subjects import Subject, member_page, own_subject


@member_page
@require_http_methods(["GET", "HEAD", "POST"])
def claim_create(request: HttpRequest, slug: str) -> HttpResponse:
    skill = get_object_or_404(Skill.objects.select_related("domain"), slug=slug, is_active=True)
    subject = own_subject(request)
    if not can_record_claim(subject.viewer, subject.person):
        raise PermissionDenied("People make claims about themselves only.")
    choices = [
        (str(each.level), f"{each.level} {each.name}: {each.text}") for each in level_texts(skill)
    ]
    form = ClaimForm(request.POST or None, descriptors=choices)
    if form.is_valid() and _recorded(request, form, skill, subject):
        return redirect("skills:skill-detail", slug=skill.slug)
    context = {"form": form, "skill": skill, "subject": subject}
    return render(request, "skills/claim_create.html", context, status=400 if form.errors else 200)


def _recorded(request: HttpRequest, form: ClaimForm, skill: Skill, subject: Subject) -> bool:
    level = form.cleaned_data["level"]
    try:
        record_claim(person=subject.person, skill=skill, level=level, by=subject.viewer)
    except EntryRefused as error:
        form.add_error("level", error.message)
        return False
    text = f"Your claim of level {level} is on your record. Your verified level stays as it was."
    messages.success(request, text)
    return True

"""What is on offer: the catalogue, a curriculum, a module; following and leaving."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from courses.exceptions import EnrolmentRefused
from courses.forms import CatalogueForm, catalogue_query
from courses.models import Curriculum
from courses.services import catalogue as catalogue_service
from courses.services import enrolment, pages
from courses.services.checks import check_state
from courses.views.members import back_or, member_page, person_of
from skills.models import Skill

PAGE_SIZE = 20


@member_page
@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    query = catalogue_query(request.GET)
    found = catalogue_service.catalogue(person_of(request), query)
    skill = Skill.objects.filter(slug=query.skill, is_active=True).first() if query.skill else None
    page = Paginator(found.lessons, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "form": CatalogueForm(request.GET, found=found, skill=skill),
        "found": found,
        "skill": skill,
        "check": check_state(person_of(request), skill) if skill else None,
        "page": page,
        "is_narrowed": bool(query.words or query.job_role or query.narrows_lessons),
    }
    return render(request, "courses/catalogue.html", context)


@member_page
@require_safe
def curriculum_detail(request: HttpRequest, slug: str) -> HttpResponse:
    page = pages.curriculum_page(person_of(request), slug)
    return render(request, "courses/curriculum_detail.html", {"page": page})


@member_page
@require_safe
def module_detail(request: HttpRequest, slug: str) -> HttpResponse:
    page = pages.module_page(person_of(request), slug)
    return render(request, "courses/module_detail.html", {"page": page})


@member_page
@require_POST
def enrolment_create(request: HttpRequest, slug: str) -> HttpResponse:
    curriculum = get_object_or_404(Curriculum, slug=slug)
    enrolment.enrol(person_of(request), curriculum)
    messages.success(request, f"You follow {curriculum.title}. It is on your path now.")
    return back_or(request, reverse("courses:curriculum-detail", args=[slug]))


@member_page
@require_POST
def enrolment_leave(request: HttpRequest, slug: str) -> HttpResponse:
    curriculum = get_object_or_404(Curriculum, slug=slug)
    url = reverse("courses:curriculum-detail", args=[slug])
    if request.POST.get("confirmed") != "yes":
        context = {
            "question": f"Leave {curriculum.title}?",
            "text": "It goes from your path. What you have read is kept, and counts again if you "
            "come back.",
            "label": "Leave",
            "back": url,
        }
        return render(request, "confirm.html", context)
    try:
        enrolment.leave(person_of(request), curriculum)
    except EnrolmentRefused as refused:
        messages.error(request, str(refused))
        return redirect(url)
    messages.success(request, f"You left {curriculum.title}. What you read is kept.")
    return back_or(request, url)

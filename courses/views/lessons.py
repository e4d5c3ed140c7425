"""Reading a lesson, marking it as done, and its pictures."""

from collections.abc import Mapping

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from courses.models import Lesson, LessonImage
from courses.permissions import can_view_lesson
from courses.services import pages, progress
from courses.services.faults import faults_reported_by
from courses.views.members import member_page, person_of

# A picture may hold its own styles; it may neither run scripts nor load anything.
IMAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
IMAGE_SECONDS = 300


def lesson_url(slug: str) -> str:
    return reverse("courses:lesson-detail", args=[slug])


def image_url(module: str, name: str) -> str:
    return reverse("courses:lesson-image", args=[module, name])


def version_shown(given: Mapping[str, str]) -> int | None:
    """The number of the text that the page showed; None where it does not say."""
    number = given.get("version", "")
    return int(number) if number.isdecimal() and len(number) < 7 else None


@member_page
@require_safe
def lesson_detail(request: HttpRequest, slug: str) -> HttpResponse:
    person = person_of(request)
    page = pages.lesson_page(person, slug, lesson_url=lesson_url, image_url=image_url)
    if not can_view_lesson(person, page.lesson):
        raise PermissionDenied
    if request.method == "GET":
        progress.open_lesson(person, page.lesson)
    context = {
        "page": page,
        "lesson": page.lesson,
        "reports": faults_reported_by(person).filter(lesson=page.lesson).order_by("-reported_at"),
    }
    return render(request, "courses/lesson_detail.html", context)


@member_page
@require_POST
def lesson_complete(request: HttpRequest, slug: str) -> HttpResponse:
    lesson = get_object_or_404(Lesson, slug=slug)
    progress.complete_lesson(person_of(request), lesson, version=version_shown(request.POST))
    return redirect(f"{lesson_url(slug)}#done")


@member_page
@require_POST
def lesson_reopen(request: HttpRequest, slug: str) -> HttpResponse:
    progress.undo_completion(person_of(request), get_object_or_404(Lesson, slug=slug))
    return redirect(f"{lesson_url(slug)}#done")


@member_page
@require_safe
def lesson_image(request: HttpRequest, module: str, name: str) -> HttpResponse:
    """A picture of a module's lessons, as its own document of no rights."""
    image = get_object_or_404(LessonImage, module__slug=module, name=name)
    etag = f'"{image.digest}"'
    if request.headers.get("If-None-Match") == etag:
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(bytes(image.data), content_type=image.media_type)
        response["X-Content-Type-Options"] = "nosniff"
        response["Content-Security-Policy"] = IMAGE_POLICY
    response["ETag"] = etag
    response["Cache-Control"] = f"private, max-age={IMAGE_SECONDS}"
    return response

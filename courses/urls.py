"""Addresses of the pages about learning."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from courses import views


class PlainName(StringConverter):
    """An id of a lesson ("E1.2") or a name of a file: no control character.

    PostgreSQL compares nothing with a NUL, so such an address must not reach the database.
    """

    regex = r"[^/\x00-\x1f\x7f]+"


register_converter(PlainName, "name")

app_name = "courses"

urlpatterns = [
    path("path/", views.my_path, name="my-path"),
    path("catalogue/", views.catalogue, name="catalogue"),
    path("curricula/<slug:slug>/", views.curriculum_detail, name="curriculum-detail"),
    path("curricula/<slug:slug>/follow/", views.enrolment_create, name="enrolment-create"),
    path("curricula/<slug:slug>/leave/", views.enrolment_leave, name="enrolment-leave"),
    path("modules/<slug:slug>/", views.module_detail, name="module-detail"),
    path("modules/<slug:slug>/quiz/", views.quiz_detail, name="quiz-detail"),
    path("modules/<slug:module>/images/<name:name>", views.lesson_image, name="lesson-image"),
    path("quizzes/<uuid:uuid>/", views.quiz_result, name="quiz-result"),
    path("lessons/<name:slug>/", views.lesson_detail, name="lesson-detail"),
    path("lessons/<name:slug>/done/", views.lesson_complete, name="lesson-complete"),
    path("lessons/<name:slug>/not-done/", views.lesson_reopen, name="lesson-reopen"),
    path("lessons/<name:slug>/fault/", views.fault_create, name="fault-create"),
    path("checks/results/<uuid:uuid>/", views.check_result, name="check-result"),
    # the ledger names what its rows come from, and finds the page by `<app>:<noun>-detail`
    path("checks/results/<uuid:uuid>/", views.check_result, name="skill-check-detail"),
    path("checks/<slug:slug>/", views.skill_check, name="skill-check"),
    path("assignments/", views.assignment_list, name="assignment-list"),
    path("assignments/new/", views.assignment_create, name="assignment-create"),
    path("assignments/people/", views.assignment_people, name="assignment-people"),
    path("assignments/<uuid:uuid>/", views.assignment_detail, name="assignment-detail"),
    path("assignments/<uuid:uuid>/undo/", views.assignment_undo, name="assignment-undo"),
    path("faults/", views.fault_list, name="fault-list"),
    path("faults/<uuid:uuid>/", views.fault_detail, name="fault-detail"),
]

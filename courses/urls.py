"""Addresses of the pages about learning; ids of lessons ("E1.2") hold a dot, so are strings."""

from django.urls import path

from courses import views

app_name = "courses"

urlpatterns = [
    path("path/", views.my_path, name="my-path"),
    path("catalogue/", views.catalogue, name="catalogue"),
    path("curricula/<slug:slug>/", views.curriculum_detail, name="curriculum-detail"),
    path("curricula/<slug:slug>/follow/", views.enrolment_create, name="enrolment-create"),
    path("curricula/<slug:slug>/leave/", views.enrolment_leave, name="enrolment-leave"),
    path("modules/<slug:slug>/", views.module_detail, name="module-detail"),
    path("modules/<slug:slug>/quiz/", views.quiz_detail, name="quiz-detail"),
    path("modules/<slug:module>/images/<str:name>", views.lesson_image, name="lesson-image"),
    path("quizzes/<uuid:uuid>/", views.quiz_result, name="quiz-result"),
    path("lessons/<str:slug>/", views.lesson_detail, name="lesson-detail"),
    path("lessons/<str:slug>/done/", views.lesson_complete, name="lesson-complete"),
    path("lessons/<str:slug>/not-done/", views.lesson_reopen, name="lesson-reopen"),
    path("lessons/<str:slug>/fault/", views.fault_create, name="fault-create"),
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

"""Addresses of long work."""

from django.urls import path

from jobs import views

app_name = "jobs"

urlpatterns = [
    path("jobs/", views.job_list, name="job-list"),
    path("jobs/<uuid:uuid>/", views.job_detail, name="job-detail"),
    path("jobs/<uuid:uuid>/again/", views.job_again, name="job-again"),
]

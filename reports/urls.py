"""Addresses of what HR and auditors are told."""

from django.urls import path

from reports import views

app_name = "reports"

urlpatterns = [
    path("organisation/", views.organisation, name="organisation"),
    path("organisation/csv/", views.organisation_csv, name="organisation-csv"),
]

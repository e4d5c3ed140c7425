"""Addresses of the people endpoints, below /api/v1/."""

from django.urls import path

from accounts.api.views import OnePerson, People

urlpatterns = [
    path("people/", People.as_view(), name="people"),
    path("people/<any_case_uuid:uuid>/", OnePerson.as_view(), name="person"),
]

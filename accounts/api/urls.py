"""Addresses of the people and units endpoints, below /api/v1/."""

from django.urls import path

from accounts.api.views import OnePerson, People, Units

urlpatterns = [
    path("units/", Units.as_view(), name="units"),
    path("people/", People.as_view(), name="people"),
    path("people/<any_case_uuid:uuid>/", OnePerson.as_view(), name="person"),
]

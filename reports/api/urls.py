"""Addresses of the gap endpoints, below /api/v1/."""

from django.urls import path

from reports.api.views import Gaps, PersonsGaps

urlpatterns = [
    path("gaps/", Gaps.as_view(), name="gaps"),
    path("people/<any_case_uuid:uuid>/gaps/", PersonsGaps.as_view(), name="person-gaps"),
]

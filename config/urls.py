"""Which address leads to which app."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

handler400 = "config.refusals.bad_request"
handler500 = "config.refusals.server_error"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("operations.urls")),
    path("", include("accounts.urls")),
    path("", include("jobs.urls")),
    path("", include("courses.urls")),
    path("", include("skills.urls")),
    path("", include("reports.urls")),
    path("admin/", admin.site.urls),
    path("sign-in/", include("allauth.urls")),
    path("api/", include("config.api_urls")),
]

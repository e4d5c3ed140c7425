"""Addresses below /api/: tokens, version 1 of HR's API, its schema and its documentation."""

from csp.decorators import csp_update
from django.urls import URLPattern, URLResolver, include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from oauth2_provider.views import RevokeTokenView, TokenView

from accounts.api.problems import no_such_address
from accounts.api.urls import urlpatterns as people
from config.token_requests import guarded
from reports.api.urls import urlpatterns as gaps
from skills.api.urls import urlpatterns as skills

version_1: list[URLPattern | URLResolver] = [
    *people,
    *skills,
    *gaps,
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
]

# Swagger UI writes style attributes; no other page of the site may.
relaxed = csp_update({"style-src": ["'unsafe-inline'"]})

urlpatterns: list[URLPattern | URLResolver] = [
    path("oauth/token/", guarded(TokenView.as_view()), name="oauth-token"),
    path("oauth/revoke/", guarded(RevokeTokenView.as_view()), name="oauth-revoke"),
    path("v1/", include((version_1, "api"))),
    path(
        "docs/",
        relaxed(SpectacularSwaggerSplitView.as_view(url_name="api:schema", title="Tutti API")),
        name="api-docs",
    ),
    re_path(r"^.*$", no_such_address),
]

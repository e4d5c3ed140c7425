"""Which scopes a client may ask a token for."""

from typing import Any

from django.conf import settings
from oauth2_provider.scopes import BaseScopes

from accounts.models import ApiClient


class GrantedScopes(BaseScopes):  # type: ignore[misc]
    """The scopes the client was made with; a token asked for without naming any carries all."""

    def get_all_scopes(self) -> dict[str, str]:
        return dict(settings.SCOPES)

    def get_available_scopes(self, application: Any = None, *args: Any, **kwargs: Any) -> list[str]:
        client = ApiClient.objects.filter(application=application).first() if application else None
        return list(client.scopes) if client else []

    def get_default_scopes(self, application: Any = None, *args: Any, **kwargs: Any) -> list[str]:
        return self.get_available_scopes(application)

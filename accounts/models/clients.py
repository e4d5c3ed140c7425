"""Programs that use the API."""

from django.db import models


class ApiClient(models.Model):
    """What an OAuth2 application may ask tokens for; without a row it may ask for nothing."""

    application = models.OneToOneField(
        "oauth2_provider.Application", models.CASCADE, related_name="api_client"
    )
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "API client"
        ordering = ("created_at", "id")

    def __str__(self) -> str:
        return str(self.application.name)


class EndedClient(models.Model):
    """A client that is no more. Ledger and logs know it by its name, which no other may take."""

    name = models.CharField(max_length=120)
    ended_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "ended API client"
        ordering = ("ended_at", "id")

    def __str__(self) -> str:
        return self.name

from django.apps import AppConfig
from django.urls import register_converter


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from auditlog.registry import auditlog

        from accounts.api.converters import AnyCaseUuid
        from accounts.models import ApiClient, JobRole, OrgUnit, Person, Position

        register_converter(AnyCaseUuid, "any_case_uuid")
        auditlog.register(
            Person,
            exclude_fields=["password", "last_login", "line_path"],
            m2m_fields={"groups"},
        )
        for model in (Position, OrgUnit, JobRole, ApiClient):
            auditlog.register(model)

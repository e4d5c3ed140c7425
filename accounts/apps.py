from django.apps import AppConfig, apps
from django.conf import settings
from django.urls import register_converter


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from auditlog.registry import auditlog

        from accounts.api.converters import AnyCaseUuid
        from accounts.models import ApiClient, JobRole, OrgUnit, Person, Position
        from accounts.permissions import let_auditors_read

        register_converter(AnyCaseUuid, "any_case_uuid")
        auditlog.register(
            Person,
            exclude_fields=["password", "last_login", "line_path"],
            m2m_fields={"groups"},
        )
        for model in (Position, OrgUnit, JobRole, ApiClient):
            auditlog.register(model)
        let_auditors_read(apps.get_app_config(label) for label in settings.AUDITED_APPS)

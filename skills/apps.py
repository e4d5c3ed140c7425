from django.apps import AppConfig


class SkillsConfig(AppConfig):
    name = "skills"

    def ready(self) -> None:
        from auditlog.registry import auditlog

        from skills.models import AssessorAppointment, ClientKindGrant, Exemption

        for model in (AssessorAppointment, ClientKindGrant, Exemption):
            auditlog.register(model)

"""Writing job roles."""

from accounts.models import JobRole


def save_job_role(
    slug: str,
    *,
    name: str,
    persona: str = "",
    summary: str = "",
    why: str = "",
    reference_occupations: str = "",
    inherits: JobRole | None = None,
    is_active: bool = True,
) -> JobRole:
    """Create the job role with this slug, or give it these values."""
    role, _ = JobRole.objects.update_or_create(
        slug=slug,
        defaults={
            "name": name,
            "persona": persona,
            "summary": summary,
            "why": why,
            "reference_occupations": reference_occupations,
            "inherits": inherits,
            "is_active": is_active,
        },
    )
    return role

"""Pages about what people can do."""

from skills.views.claims import claim_create
from skills.views.framework import framework, glossary
from skills.views.people import my_skills, person_skills
from skills.views.records import record
from skills.views.team import team_levels, team_matrix, team_matrix_csv, team_worklist
from skills.views.why import person_skill_detail, skill_detail

__all__ = [
    "claim_create",
    "framework",
    "glossary",
    "my_skills",
    "person_skill_detail",
    "person_skills",
    "record",
    "skill_detail",
    "team_levels",
    "team_matrix",
    "team_matrix_csv",
    "team_worklist",
]

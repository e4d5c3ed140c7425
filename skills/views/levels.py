"""The levels of a skill in words."""

from dataclasses import dataclass

from skills.models import ScaleLevel, Skill, SkillLevel


@dataclass(frozen=True, slots=True)
class LevelText:
    """One level: its name, what somebody at it does, and what to remark beside it."""

    level: int
    name: str
    text: str
    is_verified: bool = False
    is_required: bool = False
    is_claimed: bool = False


def level_texts(
    skill: Skill,
    *,
    verified: int | None = None,
    required: int | None = None,
    claimed: int | None = None,
) -> list[LevelText]:
    """The levels from 0 up; the scale speaks where the skill has no words. Two queries."""
    own = dict(SkillLevel.objects.filter(skill=skill).values_list("level", "descriptor"))
    return [
        LevelText(
            level,
            name,
            own.get(level, text),
            level == verified,
            bool(required) and level == required,
            level == claimed,
        )
        for level, name, text in ScaleLevel.objects.values_list("level", "name", "descriptor")
    ]

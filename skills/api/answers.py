"""What the framework and competency endpoints answer, as the schema describes it."""

from typing import Any

from rest_framework import serializers

from skills.enums import State
from skills.services.changes import Change
from skills.services.gaps import GapRow

STATES = [each.value for each in State]
LEVEL: dict[str, Any] = {"min_value": 0, "max_value": 4}


class SkillLevelAnswer(serializers.Serializer[Any]):
    level = serializers.IntegerField(**LEVEL)
    descriptor = serializers.CharField()


class SkillAnswer(serializers.Serializer[Any]):
    """A skill of the framework; `skill` is the name every other endpoint uses."""

    skill = serializers.CharField()
    name = serializers.CharField()
    domain = serializers.CharField()
    definition = serializers.CharField()
    half_life_months = serializers.IntegerField()
    keystone = serializers.BooleanField(help_text="Level 2 needs evidence from performance.")
    active = serializers.BooleanField()
    levels = SkillLevelAnswer(many=True)


class SkillList(serializers.Serializer[Any]):
    results = SkillAnswer(many=True)


class RequirementAnswer(serializers.Serializer[Any]):
    skill = serializers.CharField()
    level = serializers.IntegerField(min_value=1, max_value=4)
    weight = serializers.IntegerField(min_value=1, max_value=3)
    valid_from = serializers.DateField()
    grace_until = serializers.DateField(allow_null=True, help_text="Binds from the day after.")


class JobRoleAnswer(serializers.Serializer[Any]):
    """A job role with its own requirements of today; those of `inherits` and of `employee` add."""

    job_role = serializers.CharField()
    name = serializers.CharField()
    summary = serializers.CharField(allow_blank=True)
    inherits = serializers.CharField(allow_null=True)
    active = serializers.BooleanField()
    requirements = RequirementAnswer(many=True)


class JobRoleList(serializers.Serializer[Any]):
    results = JobRoleAnswer(many=True)


class CompetencyAnswer(serializers.Serializer[Any]):
    """Where a person stands in one skill, and what their roles require."""

    skill = serializers.CharField()
    verified_level = serializers.IntegerField(**LEVEL, help_text="The only level that counts.")
    claimed_level = serializers.IntegerField(
        **LEVEL, allow_null=True, help_text="What the person said last; it moves nothing."
    )
    required_level = serializers.IntegerField(**LEVEL, help_text="0: no role requires it.")
    weight = serializers.IntegerField(min_value=0, max_value=3, help_text="0: not required.")
    state = serializers.ChoiceField(choices=STATES)
    strength = serializers.IntegerField(help_text="Different sources that contribute.")
    due_on = serializers.DateField(
        allow_null=True,
        help_text="First day on which the verified level falls if nothing new arrives.",
    )
    next_change_on = serializers.DateField(
        allow_null=True, help_text="First day on which anything in this row changes."
    )


class PersonCompetencies(serializers.Serializer[Any]):
    person = serializers.UUIDField()
    as_of = serializers.DateField()
    known_at = serializers.DateTimeField(allow_null=True, help_text="null: all that is known now.")
    policy_version = serializers.CharField()
    results = CompetencyAnswer(many=True)


class ChangeAnswer(serializers.Serializer[Any]):
    """A competency as it is now. What the roles require is not part of it: see the gaps."""

    person = serializers.UUIDField()
    external_id = serializers.CharField(allow_null=True)
    skill = serializers.CharField()
    verified_level = serializers.IntegerField(**LEVEL)
    claimed_level = serializers.IntegerField(**LEVEL, allow_null=True)
    state = serializers.ChoiceField(choices=STATES)
    strength = serializers.IntegerField()
    due_on = serializers.DateField(allow_null=True)
    next_change_on = serializers.DateField(allow_null=True)
    updated_at = serializers.DateTimeField()


class ChangesPage(serializers.Serializer[Any]):
    results = ChangeAnswer(many=True)
    next = serializers.URLField(allow_null=True, help_text="The next page; null on the last.")
    resume = serializers.URLField(
        allow_null=True, help_text="On the last page: keep it and ask it the next time."
    )


def competency_answer(row: GapRow) -> dict[str, Any]:
    """One row of a person's competencies."""
    return {
        "skill": row.skill.slug,
        "verified_level": row.verified_level,
        "claimed_level": row.claimed_level,
        "required_level": row.required_level,
        "weight": row.weight,
        "state": row.state.value,
        "strength": row.strength,
        "due_on": row.due_on,
        "next_change_on": row.next_change_on,
    }


def change_answer(change: Change) -> dict[str, Any]:
    """One row of the list of changes."""
    row = change.standing
    return {
        "person": str(change.person),
        "external_id": change.external_id,
        "skill": row.skill,
        "verified_level": row.verified_level,
        "claimed_level": row.claimed_level,
        "state": row.state.value,
        "strength": row.strength,
        "due_on": row.due_on,
        "next_change_on": row.next_change_on,
        "updated_at": change.changed_at,
    }

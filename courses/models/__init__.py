"""How people learn: curricula, lessons, items, and what each person did with them."""

from courses.models.content import (
    Curriculum,
    Item,
    ItemVersion,
    Lesson,
    LessonImage,
    LessonPreparation,
    LessonVersion,
    Module,
    PracticalTask,
)
from courses.models.learning import (
    Assignment,
    Enrolment,
    FaultReport,
    LessonProgress,
    QuizAttempt,
    SkillCheck,
)

__all__ = [
    "Assignment",
    "Curriculum",
    "Enrolment",
    "FaultReport",
    "Item",
    "ItemVersion",
    "Lesson",
    "LessonImage",
    "LessonPreparation",
    "LessonProgress",
    "LessonVersion",
    "Module",
    "PracticalTask",
    "QuizAttempt",
    "SkillCheck",
]

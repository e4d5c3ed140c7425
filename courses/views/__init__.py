"""Pages about how people learn."""

from courses.views.assignments import (
    assignment_create,
    assignment_detail,
    assignment_list,
    assignment_people,
    assignment_undo,
)
from courses.views.catalogue import (
    catalogue,
    curriculum_detail,
    enrolment_create,
    enrolment_leave,
    module_detail,
)
from courses.views.checks import check_result, skill_check
from courses.views.faults import fault_create, fault_detail, fault_list
from courses.views.lessons import lesson_complete, lesson_detail, lesson_image, lesson_reopen
from courses.views.path import my_path
from courses.views.quizzes import quiz_detail, quiz_result

__all__ = [
    "assignment_create",
    "assignment_detail",
    "assignment_list",
    "assignment_people",
    "assignment_undo",
    "catalogue",
    "check_result",
    "curriculum_detail",
    "enrolment_create",
    "enrolment_leave",
    "fault_create",
    "fault_detail",
    "fault_list",
    "lesson_complete",
    "lesson_detail",
    "lesson_image",
    "lesson_reopen",
    "module_detail",
    "my_path",
    "quiz_detail",
    "quiz_result",
    "skill_check",
]

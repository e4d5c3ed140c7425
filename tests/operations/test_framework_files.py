"""What the reader of framework.yaml and roles.yaml finds wrong, always with file and line."""

import pytest

from operations.domain.framework_files import FrameworkContent, parse_framework
from skills.enums import Kind

KINDS = "\n".join(
    f"- {{id: {kind}, name: {kind}, max_level: {0 if kind == 'self_report' else 1}, "
    "performance: false, validity_factor: 0.5, use: For it.}"
    for kind in Kind
)
FRAMEWORK = f"""meta: {{name: Small}}
policy:
  version: '1'
  assumed_use: 1.0
  disuse_half_life_months: {{mixed: 11}}
  skill_check_min_bank: 12
scale:
- {{level: 0, name: None, descriptor: Nothing.}}
- {{level: 1, name: One, descriptor: A little.}}
- {{level: 2, name: Two, descriptor: More.}}
- {{level: 3, name: Three, descriptor: Much.}}
- {{level: 4, name: Four, descriptor: All.}}
domains:
- {{id: core, name: Core, summary: All of it.}}
skills:
- id: writing
  name: Writing
  domain: core
  definition: To write.
  half_life_months: 24
  decay_class: mixed
  keystone: false
  levels:
    1: Letters
    2: Words
    3: Lines
    4: Books
  alignment: {{}}
evidence_kinds:
{KINDS}
""".replace("name: None", "name: Zero")
LEVELS = "  levels:\n    1: Letters\n    2: Words\n    3: Lines\n    4: Books\n"
ROLES = """meta: {name: Small}
weights: {1: a, 2: b, 3: c}
inherits: in words
roles:
- id: employee
  name: Employee
  summary: All.
  inherits: null
  requirements:
    writing:
      level: 1
      weight: 3
- id: clerk
  name: Clerk
  summary: Some.
  inherits: employee
  requirements: {}
- id: chief
  name: Chief
  summary: One.
  inherits: clerk
  requirements:
    writing: {level: 2, weight: 1, grace_until: 2030-01-01}
"""


def parse(framework: str = FRAMEWORK, roles: str = ROLES) -> tuple[FrameworkContent, list[str]]:
    files = {"framework.yaml": framework.encode(), "roles.yaml": roles.encode()}
    content, problems = parse_framework(files)
    return content, [str(problem) for problem in problems]


def test_right_files_are_read_with_the_ids_that_courses_may_name() -> None:
    content, problems = parse()
    assert problems == []
    assert content.known.skills == {"writing"}
    assert content.known.kinds == set(Kind)
    assert content.known.job_roles == {"employee", "clerk", "chief"}
    assert content.known.min_bank == 12
    assert content.policy_line == 2
    assert parse(FRAMEWORK.replace("  alignment: {}\n", ""))[1] == []
    assert type(content.framework) is dict
    assert content.roles["roles"][0]["requirements"] == {"writing": {"level": 1, "weight": 3}}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("assumed_use: 1.0", "assumed_use: 2.0", "4: policy, params.assumed_use"),
        ("assumed_use: 1.0", "assumed: 1.0", "4: policy, params.assumed"),
        ("policy:", "polity:", "2: the key 'polity' is not known here"),
        ("{level: 3, name: Three", "{level: 2, name: Three", "11: level 2 stands in the scale"),
        ("{level: 3, name: Three", "{level: 2, name: Three", "7: the scale has no level 3"),
        ("level: 3, name", "level: 9, name", "11: 'level' must be a whole number from 0 to 4"),
        ("id: core,", "id: cor,", "18: there is no domain 'core'"),
        ("- {id: core,", "- {id: core, name: x, summary: y}\n- {id: core,", "15: the id 'core'"),
        ("  decay_class: mixed", "  decay_class: slow", "21: there is no decay class 'slow'"),
        ("half_life_months: 24", "half_life_months: 0", "20: 'half_life_months' must be"),
        ("keystone: false", "keystone: 0", "22: 'keystone' must be true or false"),
        ("    3: Lines\n", "", "23: the skill 'writing' has no level 3"),
        ("    3: Lines", "    3: 3", "26: level 3 has no text"),
        ("    4: Books", "    4: Books\n    5: More", "28: there is no level '5' (1 to 4)"),
        (LEVELS, "  levels: 4\n", "23: 'levels' must be a mapping"),
        ("alignment: {}", "alignment: []", "28: 'alignment' must be a mapping"),
        ("- {id: drill,", "- {id: dril,", "29: the evidence kind 'drill' is missing"),
        ("validity_factor: 0.5", "validity_factor: -1", "30: 'validity_factor' must be a number"),
        ("validity_factor: 0.5, ", "", "30: the key 'validity_factor' is missing"),
        ("max_level: 1", "max_level: 7", "30: 'max_level' must be a whole number"),
        ("performance: false", "performance: 'no'", "30: 'performance' must be true or false"),
    ],
)
def test_each_slip_in_the_framework_is_reported_with_its_line(
    old: str, new: str, expected: str
) -> None:
    assert old in FRAMEWORK
    _, problems = parse(FRAMEWORK.replace(old, new, 1))
    assert any(said.startswith(f"framework.yaml:{expected}") for said in problems), problems


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("    writing:\n", "    riting:\n", "10: there is no skill 'riting'"),
        ("      level: 1", "      level: 0", "11: 'level' must be a whole number from 1 to 4"),
        ("      weight: 3", "      weight: 4", "12: 'weight' must be a whole number from 1 to 3"),
        ("      weight: 3", "      wait: 3", "12: the key 'wait' is not known here"),
        ("{level: 2, weight: 1, grace_until: 2030-01-01}", "2", "23: a requirement has a 'level'"),
        ("grace_until: 2030-01-01", "grace_until: soon", "23: 'grace_until' must be a date"),
        ("inherits: employee", "inherits: boss", "16: there is no job role 'boss'"),
        ("inherits: employee", "inherits: chief", "18: the job role 'chief' inherits from itself"),
        ("- id: employee", "- id: staff", "4: the job role 'employee' is missing"),
        ("- id: clerk", "- id: employee", "13: the id 'employee' stands in 'roles' twice"),
        ("  name: Clerk\n", "", "13: the key 'name' is missing"),
        ("  requirements: {}", "", "13: the key 'requirements' is missing"),
    ],
)
def test_each_slip_in_the_roles_is_reported_with_its_line(
    old: str, new: str, expected: str
) -> None:
    assert old in ROLES
    _, problems = parse(roles=ROLES.replace(old, new, 1))
    assert any(said.startswith(f"roles.yaml:{expected}") for said in problems), problems


def test_a_role_that_inherits_over_more_than_two_steps_is_refused() -> None:
    far = "- {id: far, name: Far, summary: x, inherits: chief, requirements: {}}\n"
    _, problems = parse(roles=ROLES + far)
    assert problems == ["roles.yaml:24: a job role inherits over at most 2 steps"]


def test_missing_and_unreadable_files_are_problems() -> None:
    content, problems = parse_framework({})
    assert [str(problem) for problem in problems] == [
        "framework.yaml:1: the file is missing",
        "roles.yaml:1: the file is missing",
    ]
    assert content.known.min_bank == 16
    _, said = parse("- a list", "key: [")
    assert said == [
        "framework.yaml:1: must be a mapping of keys to values",
        "roles.yaml:2: not valid YAML: did not find expected node content",
    ]


def test_a_framework_without_its_parts_names_each() -> None:
    _, problems = parse("meta: {}\npolicy: {version: '1', disuse_half_life_months: 3}\nskills: 1\n")
    for key in ("scale", "evidence_kinds", "domains"):
        assert f"framework.yaml:1: the key '{key}' is missing or empty" in problems
    assert "framework.yaml:3: 'skills' must be a list" in problems


def test_a_framework_without_a_policy_is_refused() -> None:
    start, end = FRAMEWORK.index("policy:"), FRAMEWORK.index("scale:")
    _, problems = parse(FRAMEWORK[:start] + FRAMEWORK[end:])
    assert any("there is no decay class 'mixed'" in said for said in problems)
    assert any("the key 'policy' is missing" in said for said in problems)

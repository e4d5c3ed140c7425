"""What the reader of content files finds wrong, always with file and line."""

from datetime import date

import pytest

from courses.domain.banks import balance, bank_problems
from courses.domain.content_files import parse_courses
from courses.domain.parts import BankText, CoursesContent, ItemText, Known, OptionText

WORDS = "Nobody signs a page that nobody has read to its end. " * 20
CURRICULUM = """id: staff
job_role: staff
title: Everybody
summary: For all.
version: 1.0.0
modules:
- A1
"""
MODULE = """id: A1
title: First steps
lessons:
- A1.1
- A1.2
task:
  title: Do it
  brief: Show it.
  kind: practical_task
  minutes: 30
  ai_condition: unaided
  rubric:
  - criterion: Right
    meets: It is right
  assesses:
  - skill: writing
    top_level: 2
"""
QUIZ = """module: A1
items:
- id: A1-i1
  skill: writing
  level: 1
  stem: Which?
  options:
  - text: One
    correct: true
  - text: Two
    correct: false
  - text: Three
    correct: false
  - text: Four
    correct: false
  rationale: Because.
"""
LESSON = """---
id: A1.1
title: The first
objective: Learn it
minutes: 20
try_now_minutes: 5
prepares_for:
  - {skill: writing, level: 1}
builds_on: []
sources:
  - {name: "A standard", checked_on: 2026-11-22}
---

## A start

"""
COMING = """---
id: A1.2
title: The second
objective: Learn more
minutes: 20
prepares_for:
- skill: writing
  level: 2
builds_on: ["A1.1"]
sources: []
---
"""
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" role="img"><title>x</title></svg>'
FOLDER = "curricula/staff/A1"
KNOWN = Known(
    frozenset({"writing", "reading"}),
    frozenset({"practical_task"}),
    frozenset({"staff"}),
    4,
    date(2026, 11, 25),
)
Files = dict[str, bytes]


@pytest.fixture
def files() -> Files:
    return {
        "curricula/staff/curriculum.yaml": CURRICULUM.encode(),
        f"{FOLDER}/module.yaml": MODULE.encode(),
        f"{FOLDER}/quiz.yaml": QUIZ.encode(),
        f"{FOLDER}/A1.1.md": (LESSON + WORDS).encode(),
        f"{FOLDER}/A1.2.md": COMING.encode(),
        f"{FOLDER}/images/plan.svg": SVG,
    }


def problems(files: Files) -> list[str]:
    return [str(problem) for problem in parse_courses(files, KNOWN)[1]]


def parsed(files: Files) -> CoursesContent:
    content, found = parse_courses(files, KNOWN)
    assert found == []
    return content


def test_a_right_tree_is_read_without_problems(files: Files) -> None:
    content = parsed(files)
    (curriculum,) = content.curricula
    (module,) = curriculum.modules
    assert curriculum.job_role == "staff"
    assert [lesson.id for lesson in module.lessons] == ["A1.1", "A1.2"]
    assert module.lessons[0].prepares_for == (("writing", 1),)
    assert module.lessons[0].sources == (("A standard", "2026-11-22"),)
    assert module.lessons[1].body == ""
    assert module.quiz[0].key == 0
    assert module.images[0].media_type == "image/svg+xml"
    assert module.task.assesses == (("writing", 2),)


def test_a_lesson_without_a_body_is_coming_and_no_problem(files: Files) -> None:
    assert parsed(files).curricula[0].modules[0].lessons[1].body == ""


@pytest.mark.parametrize(
    ("path", "old", "new", "expected"),
    [
        ("curriculum.yaml", "job_role: staff", "job_role: chief", "2: there is no job role"),
        ("curriculum.yaml", "id: staff", "id: stuff", "1: 'id' must be 'staff', as the folder"),
        ("curriculum.yaml", "title: Everybody\n", "", "1: the key 'title' is missing or empty"),
        ("curriculum.yaml", "version: 1.0.0", "version: 1.0", "5: 'version' must be text"),
        ("curriculum.yaml", "summary:", "sumary:", "4: the key 'sumary' is not known here"),
        ("A1/module.yaml", "top_level: 2", "top_level: 5", "17: 'top_level' must be a whole"),
        ("A1/module.yaml", "skill: writing", "skill: righting", "16: there is no skill 'righting'"),
        ("A1/module.yaml", "kind: practical_task", "kind: essay", "9: there is no evidence kind"),
        ("A1/module.yaml", "unaided", "alone", "11: there is no AI condition 'alone'"),
        ("A1/module.yaml", "- A1.2\n", "", "3: 'A1.2.md' is not among 'lessons'"),
        ("A1/module.yaml", "- A1.2", "- A1.1", "5: 'A1.1' stands in 'lessons' twice"),
        ("A1/module.yaml", "title: First steps", "title: [a", "3: not valid YAML"),
        ("A1/module.yaml", "title: First steps", "id: A1", "2: not valid YAML: the key 'id'"),
        ("A1/quiz.yaml", "module: A1", "module: A2", "1: 'module' must be 'A1'"),
        ("A1/quiz.yaml", "    correct: true", "    correct: false", "3: exactly one option"),
        ("A1/quiz.yaml", "    correct: false", "    correct: true", "3: exactly one option"),
        ("A1/quiz.yaml", "text: Two", "text: One", "3: two options say the same"),
        ("A1/quiz.yaml", "text: Two", "txt: Two", "10: the key 'text' is missing"),
        ("A1/quiz.yaml", "  rationale: Because.\n", "", "3: the key 'rationale' is missing"),
        ("A1/quiz.yaml", "Because.", "The last option errs.", "3: 'last option': options are"),
        ("A1/quiz.yaml", "  - text: Four\n    correct: false\n", "", "3: an item has 4 options"),
        ("A1/quiz.yaml", "level: 1", "level: 0", "5: 'level' must be a whole number from 1 to 4"),
        ("A1/A1.1.md", "id: A1.1", "id: A1.3", "2: 'id' must be 'A1.1', as the file"),
        ("A1/A1.1.md", "minutes: 20", "minutes: soon", "5: 'minutes' must be a whole number"),
        ("A1/A1.1.md", "objective: Learn it\n", "", "2: the key 'objective' is missing"),
        ("A1/A1.1.md", "level: 1}", "level: 5}", "8: 'level' must be a whole number from 1 to 4"),
        ("A1/A1.1.md", "skill: writing", "skill: x", "8: there is no skill 'x'"),
        ("A1/A1.1.md", "builds_on: []", 'builds_on: ["A9"]', "9: there is no lesson 'A9'"),
        ("A1/A1.1.md", "2026-11-22", "lately", "11: 'checked_on' must be a date"),
        ("A1/A1.1.md", "## A start", "# A start", "14: headings begin with '##'"),
        ("A1/A1.1.md", "## A start", "[x](lesson:A1.9)", "14: there is no lesson 'A1.9'"),
        ("A1/A1.1.md", "## A start", "[x](lesson:A1.2)", "14: the link leads to lesson 'A1.2'"),
        ("A1/A1.1.md", "## A start", "[x](/people/)", "14: the link '/people/' must be"),
        ("A1/A1.1.md", "## A start", "![p](images/no.svg)", "14: there is no image"),
        ("A1/A1.1.md", "## A start", "![](images/plan.svg)", "14: the image 'images/plan.svg' has"),
        ("A1/A1.1.md", "## A start", "<b>loud</b>", "14: raw HTML is not allowed"),
        ("A1/A1.1.md", "## A start", "```text", "14: a code block is not closed"),
        ("A1/A1.1.md", "## A start", "A start\n===", "14: headings begin with '##'"),
        ("A1/A1.1.md", "## A start", "<!-- later -->", "14: raw HTML is not allowed"),
        ("A1/A1.1.md", "## A start", "\n<div\nid='x'>", "15: raw HTML is not allowed"),
        ("A1/A1.1.md", "## A start", "[x][1]\n\n[1]: lesson:A9", "16: there is no lesson 'A9'"),
        ("A1/A1.1.md", "## A start", "[x [y]](lesson:A9)", "14: there is no lesson 'A9'"),
        ("A1/A1.1.md", "## A start", "![][i]\n\n[i]: images/plan.svg", "16: the image"),
        ("A1/A1.1.md", "## A start", "![p][i]\n\n[i]: images/no.svg", "16: there is no image"),
        ("A1/A1.1.md", "## A start", "[x](#nowhere)", "14: there is no heading '#nowhere'"),
        ("A1/A1.1.md", "2026-11-22", "2026-11-22 10:00:00", "11: 'checked_on' must be a date"),
        ("A1/A1.1.md", "2026-11-22", "2099-01-01", "11: 'checked_on' must not be in the future"),
        ("A1/A1.1.md", "level: 1}", "level: 1, levl: 2}", "8: the key 'levl' is not known here"),
        ("A1/A1.1.md", "checked_on:", "urll: x, checked_on:", "11: the key 'urll' is not known"),
        ("A1/A1.1.md", "try_now_minutes: 5", "try_now_minutes: 21", "6: 'try_now_minutes' must be"),
        ("A1/module.yaml", "    meets:", "    weight: 2\n    meets:", "14: the key 'weight' is"),
        ("A1/quiz.yaml", "text: Two", "text: Two\n    rational: x", "11: the key 'rational' is"),
        ("A1/A1.1.md", "---\nid", "--\nid", "1: must begin with a line '---'"),
        ("A1/A1.1.md", "22}\n---\n", "22}\n", "1: the front matter is not closed"),
        ("A1/images/plan.svg", "<title>", "<script/><title>", "1: an SVG must not contain <scr"),
        ("A1/images/plan.svg", "<title>", '<g onload="x()"/><title>', "1: an SVG must not carry"),
        ("A1/images/plan.svg", "<title>", "<title", "1: is not a well-formed SVG"),
        ("A1/images/plan.svg", "<svg", "<!DOCTYPE x><svg", "1: an SVG must not carry a document"),
    ],
)  # fmt: skip
def test_each_slip_is_reported_with_its_line(
    files: Files, path: str, old: str, new: str, expected: str
) -> None:
    name = f"curricula/staff/{path}"
    assert old.encode() in files[name]
    files[name] = files[name].replace(old.encode(), new.encode(), 1)
    found = problems(files)
    assert any(said.startswith(name) and expected in said for said in found), found


def test_a_half_written_lesson_is_a_problem(files: Files) -> None:
    files[f"{FOLDER}/A1.2.md"] = (COMING + "\n\nOnly a few words.\n").encode()
    assert problems(files) == [
        f"{FOLDER}/A1.2.md:14: the text is half-written: 4 words, at least 150 are needed "
        "(leave it empty while it is still to come)"
    ]


@pytest.mark.parametrize(
    "path", ["curriculum.yaml", "A1/module.yaml", "A1/quiz.yaml", "A1/A1.1.md"]
)
def test_a_missing_file_is_a_problem(files: Files, path: str) -> None:
    del files[f"curricula/staff/{path}"]
    assert f"curricula/staff/{path}:1: the file is missing" in problems(files)


def test_a_folder_that_is_not_listed_is_a_problem(files: Files) -> None:
    files["curricula/staff/A2/module.yaml"] = MODULE.encode()
    assert "curricula/staff/curriculum.yaml:6: the folder 'A2' is not among 'modules'" in problems(
        files
    )


def test_a_stray_file_is_a_problem(files: Files) -> None:
    files[f"{FOLDER}/notes.txt"] = b"later"
    assert problems(files) == [f"{FOLDER}/notes.txt:1: the file belongs to nothing"]


def test_an_id_that_stands_twice_is_a_problem(files: Files) -> None:
    files[f"{FOLDER}/quiz.yaml"] += b"\n".join(QUIZ.encode().splitlines()[2:]) + b"\n"
    assert problems(files) == [
        f"{FOLDER}/quiz.yaml:17: the item id 'A1-i1' stands in {FOLDER}/quiz.yaml already"
    ]


def test_text_that_is_not_utf8_is_a_problem(files: Files) -> None:
    files[f"{FOLDER}/quiz.yaml"] = QUIZ.encode().replace(b"Because", b"B\xff")
    assert f"{FOLDER}/quiz.yaml:16: is not valid UTF-8" in problems(files)


def test_a_png_that_is_none_is_a_problem(files: Files) -> None:
    files[f"{FOLDER}/images/photo.png"] = b"GIF89a"
    files[f"{FOLDER}/images/film.mp4"] = b""
    assert problems(files) == [
        f"{FOLDER}/images/film.mp4:1: images must be .svg or .png",
        f"{FOLDER}/images/photo.png:1: is not a PNG image",
    ]


def test_links_and_tags_in_code_are_left_alone(files: Files) -> None:
    text = (
        LESSON + WORDS + "\n\n```html\n<b>[x](lesson:none)</b>\n# no heading\n```\n\nSee `<b>`.\n"
        "\n    <div>indented</div>\n"
    )
    files[f"{FOLDER}/A1.1.md"] = text.encode()
    assert problems(files) == []


def test_all_problems_are_found_in_one_run(files: Files) -> None:
    files["curricula/staff/curriculum.yaml"] = CURRICULUM.replace("title:", "titel:").encode()
    files[f"{FOLDER}/quiz.yaml"] = QUIZ.replace("level: 1", "level: 9").encode()
    files[f"{FOLDER}/A1.1.md"] = (LESSON + "short").encode()
    assert len({said.split(":")[0] for said in problems(files)}) == 3


def bank_yaml(keys: list[int]) -> bytes:
    """A bank whose key is at these positions; at each it is longest, shortest, or neither."""
    lines = ["skill: writing", "version: 1.0.0", "topics:", "  a: About a", "items:"]
    for number, key in enumerate(keys):
        lines += [f"- id: w-{number}", "  level: 1", "  topic: a", "  stem: Which?", "  options:"]
        for position in range(4):
            mine = {0: "Key that is longest", 1: "Key", 2: "Key of ten"}[number % 3]
            text = mine if position == key else ("Option x", "Option yy", "Options z")[position % 3]
            lines += [
                f"  - text: {text} {'' if position == key else position}".rstrip(),
                f"    correct: {'true' if position == key else 'false'}",
                "    rationale: Said.",
            ]
    return "\n".join(lines).encode()


def test_a_balanced_bank_is_accepted(files: Files) -> None:
    files["banks/writing.yaml"] = bank_yaml([0, 1, 2, 3] * 3)
    assert problems(files) == []


def test_a_bank_with_the_key_mostly_in_one_place_is_refused(files: Files) -> None:
    files["banks/writing.yaml"] = bank_yaml([0] * 9 + [1, 2, 3])
    found = problems(files)
    assert any("banks/writing.yaml:1: the key is at position 1 in 9 of 12" in one for one in found)
    assert any("banks:1: over all banks the key is at position 1" in one for one in found)


def test_a_bank_too_small_for_a_check_is_refused(files: Files) -> None:
    files["banks/writing.yaml"] = bank_yaml([0, 1, 2])
    assert any("a bank needs at least 4 items of level 1" in one for one in problems(files))


def test_items_that_a_check_cannot_ask_make_no_bank_larger_and_are_balanced_apart(
    files: Files,
) -> None:
    harder = bank_yaml([0, 1, 2, 3] * 3).replace(b"level: 1", b"level: 2", 9)
    files["banks/writing.yaml"] = harder
    said = "a bank needs at least 4 items of level 1, this one has 3"
    assert any(said in one for one in problems(files))
    easy = bank_yaml([0, 0, 0] + [1, 2, 3] * 3)
    files["banks/writing.yaml"] = easy
    assert problems(files) == []
    half = easy.index(b"- id: w-6")
    files["banks/writing.yaml"] = easy[:half] + easy[half:].replace(b"level: 1", b"level: 2")
    assert any("position 1 in 3 of 6 items" in one for one in problems(files))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("    rationale: Said.\n", "", "11: the option has no rationale"),
        ("  topic: a\n", "  topic: b\n", "8: there is no topic 'b'"),
        ("skill: writing", "skill: reading", "1: 'skill' must be 'writing', as the file"),
        ("  a: About a", "  a: About a\n  c: About c", "5: no item has the topic 'c'"),
        ("  a: About a", f"  a: {'x' * 81}", "4: 'a' is longer than 80 characters"),
    ],
)
def test_slips_in_a_bank_are_reported(files: Files, old: str, new: str, expected: str) -> None:
    text = bank_yaml([0, 1, 2, 3] * 3).decode() + "\n"
    files["banks/writing.yaml"] = text.replace(old, new, 1).encode()
    assert any(f"banks/writing.yaml:{expected}" in one for one in problems(files))


def item(lengths: list[int], key: int) -> ItemText:
    options = tuple(OptionText("x" * n, index == key, "r") for index, n in enumerate(lengths))
    return ItemText("i", "writing", 1, "s", options)


def test_a_tie_for_the_longest_counts_for_nobody() -> None:
    counted = balance([item([5, 5, 3, 4], 0), item([5, 4, 3, 4], 0), item([5, 4, 3, 3], 2)])
    assert (counted.longest, counted.shortest) == (1, 0)
    assert counted.positions == (2, 0, 1, 0)


@pytest.mark.parametrize(("count", "is_fault"), [(2, True), (3, False), (7, False), (8, True)])
def test_shares_of_the_key_may_be_15_to_35_per_cent_and_no_other(
    count: int, is_fault: bool
) -> None:
    items = [item([9, 8, 7, 6], 0) for _ in range(count)]
    items += [item([9, 8, 7, 6], 1) for _ in range(20 - count)]
    said = [fault for fault in balance(items).faults() if "longest" in fault]
    assert bool(said) is is_fault


def test_no_banks_are_no_problem() -> None:
    assert bank_problems((), min_bank=16) == []
    assert bank_problems((BankText("w", "1", (), (), "banks/w.yaml"),), min_bank=1) != []


def test_a_change_that_a_reader_could_notice_changes_the_digest(
    files: Files,
) -> None:
    before = parsed(files).curricula[0].modules[0].lessons[0]
    files[f"{FOLDER}/A1.1.md"] = (LESSON.replace("Learn it", "Learn this") + WORDS).encode()
    after = parsed(files).curricula[0].modules[0].lessons[0]
    assert before.digest != after.digest


def test_a_curriculum_without_a_job_role_is_one_to_choose(files: Files) -> None:
    files["curricula/staff/curriculum.yaml"] = CURRICULUM.replace("job_role: staff\n", "").encode()
    assert parsed(files).curricula[0].job_role is None


@pytest.mark.parametrize(
    ("path", "old", "new", "expected"),
    [
        ("A1/module.yaml", "id: A1", "id: A7", "1: 'id' must be 'A1', as the folder"),
        ("A1/module.yaml", "lessons:\n- A1.1\n- A1.2", "lessons: A1.1", "3: 'lessons' must be a"),
        ("A1/module.yaml", "lessons:\n- A1.1\n- A1.2", "lessons: []", "3: 'lessons' has no"),
        ("A1/module.yaml", "- A1.1\n", "- 7\n", "4: 'lessons' must be a list of ids"),
        ("A1/module.yaml", "title: First steps", "title: ' '", "2: the key 'title' is missing"),
        ("A1/module.yaml", "task:", "? [a]\n: b\ntask:", "6: not valid YAML: a key must be plain"),
        ("A1/module.yaml", "  rubric:\n", "  rubric:\n  - x\n", "13: each entry of 'rubric' must"),
        ("A1/quiz.yaml", "    correct: true", "    correct: 1", "9: 'correct' must be true or"),
        ("A1/quiz.yaml", "    correct: true\n", "", "8: the key 'correct' is missing"),
        ("A1/A1.1.md", "1}\n", "1}\n  - {skill: writing, level: 2}\n", "9: 'writing' stands in"),
        ("A1/A1.1.md", "id: A1.1\n", "id: A1.1\nid: A1.1\n", "3: not valid YAML: the key 'id'"),
        ("A1/images/plan.svg", "svg>", "png>", "1: is not a well-formed SVG"),
        ("A1/images/plan.svg", 'svg xmlns="http://www.w3.org/2000/svg"', "svg", "1: is not an SVG"),
    ],
)  # fmt: skip
def test_further_slips_are_reported_with_their_line(
    files: Files, path: str, old: str, new: str, expected: str
) -> None:
    test_each_slip_is_reported_with_its_line(files, path, old, new, expected)


def test_a_bank_that_cannot_be_read_is_one_problem(files: Files) -> None:
    files["banks/writing.yaml"] = b"- a list"
    assert problems(files) == ["banks/writing.yaml:1: must be a mapping of keys to values"]


def test_links_out_are_allowed_by_https_and_to_anchors(files: Files) -> None:
    text = (
        LESSON
        + "[a](https://example.org) [b](#a-start) [c](lesson:A1.1) <https://example.org>\n"
        + WORDS
    )
    files[f"{FOLDER}/A1.1.md"] = text.encode()
    files[f"{FOLDER}/images/photo.png"] = b"\x89PNG\r\n\x1a\n"
    assert problems(files) == []


def test_builds_on_an_unknown_lesson_over_several_lines_is_found(files: Files) -> None:
    text = COMING.replace('builds_on: ["A1.1"]', "builds_on:\n  - A9")
    files[f"{FOLDER}/A1.2.md"] = text.encode()
    assert problems(files) == [f"{FOLDER}/A1.2.md:9: there is no lesson 'A9' to build on"]

"""Reading one lesson (front matter and Markdown) and the pictures of a module."""

import re
from collections.abc import Collection, Iterator
from datetime import date
from xml.etree import ElementTree

from courses.domain.parts import ImageData, Known, LessonText
from courses.domain.source import Marked, Reader

LEAST_WORDS = 150
MEDIA_TYPES = {"svg": "image/svg+xml", "png": "image/png"}
PNG_START = b"\x89PNG\r\n\x1a\n"
FRONT_MATTER_KEYS = (
    "id", "title", "objective", "minutes", "try_now_minutes", "prepares_for", "builds_on",
    "sources",
)  # fmt: skip
FENCE = re.compile(r"^\s*(```+|~~~+)")
CODE_SPAN = re.compile(r"(`+).+?\1")
IMAGE = re.compile(r"!\[(?P<alt>[^\]]*)\]\((?P<target>[^)\s]*)[^)]*\)")
LINK = re.compile(r"(?<!!)\[(?P<text>[^\]]*)\]\((?P<target>[^)\s]*)[^)]*\)")
HEADING_1 = re.compile(r"^# ")
RAW_TAG = re.compile(r"</?[a-zA-Z][^>]*>")
AUTOLINK = re.compile(r"<(https?://|mailto:)[^>]*>")
SVG_ACTIVE = re.compile(rb"<!DOCTYPE|<!ENTITY|<\?xml-stylesheet", re.IGNORECASE)


def read_lesson(reader: Reader, data: bytes, known: Known) -> LessonText:
    """Parse a lesson file. Its links are checked later, by `check_references`."""
    text = reader.decode(data).replace("\r\n", "\n")
    head, body, _ = split_front_matter(reader, text)
    front = reader.load(head, line_offset=1)
    if not front:
        return LessonText("", "", "", 1, (), (), (), None, "")
    reader.only(front, FRONT_MATTER_KEYS)
    _check_length(reader, text, body)
    return LessonText(
        id=reader.text(front, "id", most=20),
        title=reader.text(front, "title", most=160),
        objective=reader.text(front, "objective", most=300),
        minutes=reader.whole(front, "minutes", least=1, most=240),
        prepares_for=_prepares_for(reader, front, known),
        builds_on=tuple(name for _, name in reader.names(front, "builds_on", required=False)),
        sources=_sources(reader, front),
        try_now_minutes=(
            reader.whole(front, "try_now_minutes", least=1, most=240)
            if "try_now_minutes" in front
            else None
        ),
        body=body.strip(),
    )


def split_front_matter(reader: Reader, text: str) -> tuple[str, str, int]:
    """The YAML between the two `---`, the body, and the number of lines before the body."""
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        reader.report(1, "must begin with a line '---' and front matter")
        return "", "", 0
    for index, line in enumerate(lines[1:], start=1):
        if line.rstrip() == "---":
            return "\n".join(lines[1:index]), "\n".join(lines[index + 1 :]), index + 1
    reader.report(1, "the front matter is not closed by a line '---'")
    return "", "", 0


def _check_length(reader: Reader, text: str, body: str) -> None:
    words = len(body.split())
    if body.strip() and words < LEAST_WORDS:
        line = text.count("\n", 0, len(text) - len(body.lstrip())) + 1
        reader.report(
            line,
            f"the text is half-written: {words} words, at least {LEAST_WORDS} are needed "
            "(leave it empty while it is still to come)",
        )


def _prepares_for(reader: Reader, front: Marked, known: Known) -> tuple[tuple[str, int], ...]:
    found: dict[str, int] = {}
    for line, entry in reader.entries(front, "prepares_for"):
        skill = reader.known(entry, "skill", known.skills, "skill")
        if skill in found:
            reader.report(line, f"the lesson prepares for '{skill}' twice")
        found[skill] = reader.whole(entry, "level", least=1, most=4)
    return tuple(found.items())


def _sources(reader: Reader, front: Marked) -> tuple[tuple[str, str], ...]:
    found = []
    for _, entry in reader.entries(front, "sources", required=False):
        checked_on = entry.get("checked_on")
        if not isinstance(checked_on, date):
            reader.report(reader.line_of(entry, "checked_on"), "'checked_on' must be a date")
            continue
        found.append((reader.text(entry, "name", most=500), checked_on.isoformat()))
    return tuple(found)


def prose_lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines of a Markdown text outside code, with their numbers and without code spans."""
    fence = ""
    for number, line in enumerate(text.split("\n"), start=1):
        mark = FENCE.match(line)
        if fence:
            if mark and mark[1].startswith(fence):
                fence = ""
        elif mark:
            fence = mark[1]
        else:
            yield number, CODE_SPAN.sub("", line)
    # An open fence would swallow the rest of the lesson.
    if fence:
        yield -1, fence


def check_references(
    reader: Reader,
    data: bytes,
    *,
    lessons: Collection[str],
    written: Collection[str],
    images: Collection[str],
) -> None:
    """Report links to lessons, and images, that lead nowhere, and what Markdown may not hold.

    `lessons` are all ids, `written` those that have a text, `images` the names beside the module.
    """
    text = reader.decode(data).replace("\r\n", "\n")
    _, body, before = split_front_matter(Reader(reader.file), text)
    for number, line in prose_lines(body):
        at = before + number
        if number < 0:
            reader.report(text.count("\n"), "a code block is not closed")
            break
        if HEADING_1.match(line):
            reader.report(at, "headings begin with '##'; the title comes from the front matter")
        if RAW_TAG.search(AUTOLINK.sub("", line)):
            reader.report(at, "raw HTML is not allowed")
        for image in IMAGE.finditer(line):
            _check_image(reader, at, image, images)
        for link in LINK.finditer(IMAGE.sub("", line)):
            _check_link(reader, at, link["target"], lessons, written)


def _check_image(reader: Reader, line: int, image: re.Match[str], images: Collection[str]) -> None:
    target = image["target"]
    if not image["alt"].strip():
        reader.report(line, f"the image '{target}' has no alt text")
    if not target.startswith("images/") or target.removeprefix("images/") not in images:
        reader.report(line, f"there is no image '{target}' in this module")


def _check_link(
    reader: Reader, line: int, target: str, lessons: Collection[str], written: Collection[str]
) -> None:
    if target.startswith("lesson:"):
        lesson = target.removeprefix("lesson:")
        if lesson not in lessons:
            reader.report(line, f"there is no lesson '{lesson}' to link to")
        elif lesson not in written:
            reader.report(line, f"the link leads to lesson '{lesson}', which has no text yet")
    elif not target.startswith(("https://", "mailto:", "#")):
        reader.report(line, f"the link '{target}' must be lesson:, https:, mailto: or #")


def read_image(reader: Reader, data: bytes) -> ImageData:
    """Check a picture: a PNG, or an SVG that is well-formed and carries nothing active."""
    name = reader.file.rsplit("/", 1)[-1]
    suffix = name.rsplit(".", 1)[-1].lower()
    if suffix not in MEDIA_TYPES:
        reader.report(1, "images must be .svg or .png")
    elif suffix == "png" and not data.startswith(PNG_START):
        reader.report(1, "is not a PNG image")
    elif suffix == "svg":
        _check_svg(reader, data)
    return ImageData(name, MEDIA_TYPES.get(suffix, ""), data)


def _check_svg(reader: Reader, data: bytes) -> None:
    if SVG_ACTIVE.search(data):
        reader.report(1, "an SVG must not carry a document type, entities or a style sheet")
        return
    try:
        root = ElementTree.fromstring(data)
    except ElementTree.ParseError as error:
        reader.report(error.position[0], "is not a well-formed SVG")
        return
    if not root.tag.endswith("}svg"):
        reader.report(1, "is not an SVG image")
    for element in root.iter():
        name = str(element.tag).rpartition("}")[2]
        if name in ("script", "style", "foreignObject", "a", "image", "use", "animate", "set"):
            reader.report(1, f"an SVG must not contain <{name}>")
        for attribute, value in element.attrib.items():
            local = attribute.rpartition("}")[2].lower()
            outside = local == "href" or ("url(" in value and "url(#" not in value)
            if local.startswith("on") or local == "style" or outside:
                reader.report(1, f"an SVG must not carry the attribute '{local}' like this")

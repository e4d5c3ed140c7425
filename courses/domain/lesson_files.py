"""Reading one lesson (front matter and Markdown) and the pictures of a module."""

import re
from collections.abc import Collection
from datetime import date
from xml.etree import ElementTree

from courses.domain.parts import ImageData, Known, LessonText
from courses.domain.rendering import lesson_parts
from courses.domain.skill_levels import read_skill_levels
from courses.domain.source import Marked, Reader

LEAST_WORDS = 150
MEDIA_TYPES = {"svg": "image/svg+xml", "png": "image/png"}
PNG_START = b"\x89PNG\r\n\x1a\n"
FRONT_MATTER_KEYS = (
    "id", "title", "objective", "minutes", "try_now_minutes", "prepares_for", "builds_on",
    "sources",
)  # fmt: skip
FENCE = re.compile(r"^\s*(```+|~~~+)")
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
    minutes = reader.whole(front, "minutes", least=1, most=240)
    return LessonText(
        id=reader.text(front, "id", most=20),
        title=reader.text(front, "title", most=160),
        objective=reader.text(front, "objective", most=300),
        minutes=minutes,
        prepares_for=read_skill_levels(reader, front, "prepares_for", level="level", known=known),
        builds_on=tuple(name for _, name in reader.names(front, "builds_on", required=False)),
        sources=_sources(reader, front, known.today),
        try_now_minutes=(
            reader.whole(front, "try_now_minutes", least=1, most=minutes)
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


def _sources(reader: Reader, front: Marked, today: date) -> tuple[tuple[str, str], ...]:
    found = []
    entries = reader.entries(front, "sources", keys=("name", "checked_on"), required=False)
    for _, entry in entries:
        checked_on = entry.get("checked_on")
        line = reader.line_of(entry, "checked_on")
        if type(checked_on) is not date:  # a moment is a date too
            reader.report(line, "'checked_on' must be a date")
        elif checked_on > today:
            reader.report(line, "'checked_on' must not be in the future")
        else:
            found.append((reader.text(entry, "name", most=500), checked_on.isoformat()))
    return tuple(found)


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
    if open_at := _open_fence(body):
        reader.report(before + open_at, "a code block is not closed")
        return
    parts = lesson_parts(body)
    places = _Places(body, before)
    for title in parts.titles:
        said = "headings begin with '##'; the title comes from the front matter"
        reader.report(places.line_of(title), said)
    for tag in parts.raw_html:
        reader.report(places.line_of(tag), "raw HTML is not allowed; a plain < is written &lt;")
    for target, alt in parts.images:
        _check_image(reader, places.line_of(target), target, alt, images)
    for target in parts.links:
        if target.startswith("#") and target[1:] not in parts.anchors:
            said = f"there is no heading '{target}' in this lesson"
            reader.report(places.line_of(target), said)
        _check_link(reader, places.line_of(target), target, lessons, written)


def _open_fence(body: str) -> int:
    """The line of a fence that is never closed, which would swallow the rest; 0 for none."""
    fence, opened = "", 0
    for number, line in enumerate(body.split("\n"), start=1):
        mark = FENCE.match(line)
        if mark and not fence:
            fence, opened = mark[1], number
        elif mark and mark[1].startswith(fence):
            fence, opened = "", 0
    return opened


class _Places:
    """Finds the lines of a body's pieces, which Markdown does not tell; the first for the rest."""

    def __init__(self, body: str, before: int) -> None:
        self.body = body
        self.before = before
        self.seen: dict[str, int] = {}

    def line_of(self, piece: str) -> int:
        """The line of the next place where the piece stands."""
        start = self.seen.get(piece, 0)
        at = self.body.find(piece, start)
        self.seen[piece] = at + 1 if at >= 0 else start
        first = len(self.body) - len(self.body.lstrip())
        return self.before + self.body.count("\n", 0, at if at >= 0 else first) + 1


def _check_image(reader: Reader, line: int, target: str, alt: str, images: Collection[str]) -> None:
    if not alt.strip():
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

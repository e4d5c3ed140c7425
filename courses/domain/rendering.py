"""Markdown to HTML that is safe to show: rendered once, when a lesson is loaded.

Addresses are left as `lesson:E1.2` and `image:E1/name.svg` in what is stored, so that a text does
not depend on where the site is mounted; `resolve_addresses` puts the real ones in when it is read.
"""

import re
from collections.abc import Callable
from html import escape, unescape
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element

import markdown
import nh3
from markdown.extensions import Extension
from markdown.extensions.toc import slugify_unicode
from markdown.inlinepatterns import HTML_RE, InlineProcessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AMP_SUBSTITUTE

Outline = list[tuple[str, str]]
EXTENSIONS = [
    "admonition",
    "tables",
    "sane_lists",
    "toc",
    "pymdownx.superfences",
    "pymdownx.highlight",
    "pymdownx.betterem",
]
EXTENSION_CONFIGS: dict[str, dict[str, Any]] = {
    "toc": {"slugify": slugify_unicode, "permalink": False},
    "pymdownx.highlight": {"use_pygments": True, "guess_lang": False, "css_class": "highlight"},
}
TAGS = {
    "h2", "h3", "h4", "p", "ul", "ol", "li", "strong", "em", "a", "img", "code", "pre", "span",
    "div", "blockquote", "hr", "br", "table", "thead", "tbody", "tr", "th", "td", "del", "sub",
    "sup", "dl", "dt", "dd",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt"},
    "h2": {"id"},
    "h3": {"id"},
    "h4": {"id"},
    "div": {"class", "tabindex", "role", "aria-label"},
    "p": {"class"},
    "span": {"class"},
    "code": {"class"},
    "pre": {"class", "tabindex"},
    "ol": {"start"},
    "th": {"scope", "class"},
    "td": {"class"},
}
SCHEMES = {"https", "http", "mailto", "lesson", "image"}
# Only inside a tag: the same words in a code example are text and stay as they are.
IN_TAG = r'(<(?:a|img)\b(?:[^"<>]|"[^"]*")*?\s(?:href|src)=")'
ADDRESS = re.compile(IN_TAG + r'(lesson|image):([^"]*)"')
WRITTEN = re.compile(IN_TAG + r'(lesson:|images/)([^"]*)"')


class LessonParts(NamedTuple):
    """What a Markdown text holds, as Markdown reads it, each in the order of the text.

    `links` and `images` name their targets, images with their alt text; `raw_html` are the tags
    and comments, `titles` the headings of level 1, `anchors` where a link to `#...` can lead.
    """

    links: tuple[str, ...]
    images: tuple[tuple[str, str], ...]
    raw_html: tuple[str, ...]
    titles: tuple[str, ...]
    anchors: frozenset[str]


class _RawHtml(InlineProcessor):
    """Notes raw HTML and leaves it as text."""

    def __init__(self, md: markdown.Markdown) -> None:
        super().__init__(HTML_RE, md)
        self.found: list[str] = []

    def handleMatch(  # type: ignore[override]  # the two kinds of pattern differ here
        self, m: re.Match[str], data: str
    ) -> tuple[None, None, None]:
        self.found.append(m[0])
        return None, None, None


class _Tree(Treeprocessor):
    """Keeps the parsed text as it is before it becomes HTML; an empty one is never parsed."""

    root = Element("div")

    def run(self, root: Element) -> None:
        self.root = root


class _Shape(Treeprocessor):
    """Put tables into a box that scrolls, and align cells by class instead of by style."""

    def run(self, root: Element) -> None:
        for parent in list(root.iter()):
            for index, child in enumerate(list(parent)):
                if child.tag == "table":
                    parent.remove(child)
                    parent.insert(index, _boxed(child))


class _ShapeExtension(Extension):
    def extendMarkdown(self, md: markdown.Markdown) -> None:
        md.treeprocessors.register(_Shape(md), "tutti-shape", 1)


def _boxed(table: Element) -> Element:
    headings = [("".join(cell.itertext())).strip() for cell in table.iter("th")]
    named = ", ".join(text for text in headings if text)
    box = Element(
        "div",
        {
            "class": "table-box",
            "tabindex": "0",
            "role": "region",
            "aria-label": f"Table: {named}" if named else "Table",
        },
    )
    for cell in table.iter():
        style = cell.attrib.pop("style", "")
        if "right" in style:
            cell.set("class", "text-end")
        elif "center" in style:
            cell.set("class", "text-center")
        if cell.tag == "th":
            _head(cell)
    box.append(table)
    box.tail, table.tail = table.tail, None
    return box


def _head(cell: Element) -> None:
    if "".join(cell.itertext()).strip():
        cell.set("scope", "col")
    else:
        cell.tag = "td"  # an empty header names nothing and only confuses a screen reader


def lesson_parts(text: str) -> LessonParts:
    """What a lesson's text links to and shows, found by the parser that renders it."""
    md = markdown.Markdown(extensions=EXTENSIONS, extension_configs=EXTENSION_CONFIGS)
    md.preprocessors.deregister("html_block")  # leaves block tags to the inline pattern
    raw, tree = _RawHtml(md), _Tree(md)
    md.inlinePatterns.register(raw, "html", 90)
    md.treeprocessors.register(tree, "tutti-tree", 0)
    md.convert(text)
    return LessonParts(
        tuple(_plain(each.get("href", "")) for each in tree.root.iter("a")),
        tuple((_plain(each.get("src", "")), each.get("alt", "")) for each in tree.root.iter("img")),
        tuple(raw.found),
        tuple("".join(each.itertext()) for each in tree.root.iter("h1")),
        frozenset(each.get("id", "") for each in tree.root.iter() if each.get("id")),
    )


def _plain(address: str) -> str:
    """An address without Markdown's disguise of mail addresses."""
    return unescape(address.replace(AMP_SUBSTITUTE, "&"))


def render_lesson(
    text: str, *, lesson_url: Callable[[str], str], image_url: Callable[[str], str]
) -> tuple[str, Outline]:
    """Return a lesson's HTML and its outline of (anchor, title) for the headings of level 2.

    `lesson_url` takes a lesson id, `image_url` a picture's name. Raw HTML is removed by the
    sanitiser, whatever the text says.
    """
    md = markdown.Markdown(
        extensions=[*EXTENSIONS, _ShapeExtension()], extension_configs=EXTENSION_CONFIGS
    )
    html = md.convert(text)
    html = _replaced(html, lesson_url, image_url)
    outline = [
        (token["id"], unescape(token["name"]))
        for token in _flat(md.toc_tokens)  # type: ignore[attr-defined]
        if token["level"] == 2
    ]
    # Code scrolls in its own box, which must be reachable by keyboard.
    return _sanitised(html.replace("<pre>", '<pre tabindex="0">')), outline


def resolve_addresses(
    html: str, *, lesson_url: Callable[[str], str], image_url: Callable[[str, str], str]
) -> str:
    """Put real addresses into stored HTML. `image_url` takes the module's id and the name."""

    def address(match: re.Match[str]) -> str:
        tag, kind, name = match[1], match[2], unescape(match[3])
        if kind == "lesson":
            url = lesson_url(name)
        else:
            module, _, picture = name.partition("/")
            url = image_url(module, picture)
        return f'{tag}{escape(url)}"'

    return ADDRESS.sub(address, html)


def _replaced(html: str, lesson_url: Callable[[str], str], image_url: Callable[[str], str]) -> str:
    def address(match: re.Match[str]) -> str:
        url = lesson_url if match[2] == "lesson:" else image_url
        return f'{match[1]}{escape(url(unescape(match[3])))}"'

    return WRITTEN.sub(address, html)


def _flat(tokens: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [each for token in tokens for each in (token, *_flat(token["children"]))]


def _sanitised(html: str) -> str:
    return nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel="noopener",
        strip_comments=True,
    )

"""Drawing the cells of a team matrix: thousands a page, so they are written here and not by
components. The markup is that of `components/matrix_cell.html`."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from django import template
from django.conf import settings
from django.urls import get_script_prefix, get_urlconf, reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from skills.services.faces import (
    Face,
    day_words,
    face_of,
    level_words,
    short_name,
    spoken,
)
from skills.services.gaps import GapRow
from skills.services.matrix import MatrixColumn, MatrixRow
from skills.services.requirements import PersonRef

register = template.Library()
register.filter("face_of", face_of)
register.filter("short_name", short_name)

MOST_KEPT = 1024
LOOKS_KEPT = 8192
LINES_SHOWN = 4


@register.filter
def face_word(row: GapRow) -> str:
    """A row's state inside a sentence: "in grace"."""
    return face_of(row).text.lower()


def person_url(person: PersonRef) -> str:
    """A person's skills; a skill's slug is added to it, so that it is looked up once a person."""
    return _address(person.uuid, get_urlconf() or settings.ROOT_URLCONF, get_script_prefix())


@lru_cache(maxsize=MOST_KEPT)
def _address(person: UUID, urls: str, prefix: str) -> str:
    """The same for as long as the site has these URLs under this prefix."""
    return reverse("skills:person-skills", args=[person], urlconf=urls)


@register.simple_tag
def matrix_heads(columns: Iterable[MatrixColumn]) -> SafeString:
    """The <th>s of the skills."""
    return mark_safe("".join([_head(column.skill.name) for column in columns]))


@lru_cache(maxsize=MOST_KEPT)
def _head(skill: str) -> str:
    return format_html(
        '<th scope="col" class="matrix-skill" title="{}">{}</th>', skill, skill.partition(":")[0]
    )


@register.simple_tag
def matrix_totals(columns: Iterable[MatrixColumn]) -> SafeString:
    """The <td>s with how many meet each skill, of those whom it binds."""
    return mark_safe("".join(map(_total, columns)))


@register.simple_tag
def matrix_people(rows: Iterable[MatrixRow]) -> SafeString:
    """The <tr>s of the people: name and figures, then a link to why each level is what it is."""
    return mark_safe("".join(map(_person_row, rows)))


def _person_row(row: MatrixRow) -> str:
    base = escape(person_url(row.person))
    name = escape(row.person.name)
    cells = "".join([_cell(base, f"{name}, ", cell) for cell in row.cells])
    return (
        f'<tr><th scope="row" class="matrix-name"><a class="person-name" href="{base}">{name}</a>'
        f'<span class="person-note">{_roles(row)}</span>'
        f'<span class="person-note">{_figures(row)}</span></th>{cells}</tr>\n'
    )


def _roles(row: MatrixRow) -> str:
    return escape(", ".join(row.person.job_roles)) or "No position"


def _figures(row: MatrixRow) -> str:
    blocking = f", <strong>{row.blocking_count} blocking</strong>" if row.blocking_count else ""
    return f"{row.met} of {row.required_count} met{blocking}"


@dataclass(frozen=True, slots=True)
class PersonLines:
    """A person on a narrow screen: the heading, the worst lines, and the rest, `more` of them."""

    heading: SafeString
    first: SafeString
    rest: SafeString
    more: int


@register.simple_tag
def person_lines(row: MatrixRow) -> PersonLines:
    """What is unmet of one person, the worst first."""
    base = escape(person_url(row.person))
    unmet = sorted((cell for cell in row.cells if cell.unmet), key=_worst_first)
    lines = [f'<li><a href="{base}{_line_end(_look_of(cell))}' for cell in unmet]
    first, rest = lines[:LINES_SHOWN], lines[LINES_SHOWN:]
    heading = (
        f'<h2 class="h3"><a href="{base}">{escape(row.person.name)}</a></h2>'
        f'<p class="person-note">{_roles(row)}; {_figures(row)}</p>'
    )
    return PersonLines(
        mark_safe(heading), mark_safe("".join(first)), mark_safe("".join(rest)), len(rest)
    )


def _worst_first(cell: GapRow) -> tuple[bool, int]:
    return not cell.blocking, -cell.weight * cell.shortfall


class _Look(NamedTuple):
    """What a cell says of a skill, whoever's it is."""

    face: Face
    slug: str
    skill: str
    levels: str
    day: str
    verified: int
    required: int
    blocking: bool
    is_link: bool


def _look_of(cell: GapRow) -> _Look:
    return _Look(
        face_of(cell),
        cell.skill.slug,
        cell.skill.name,
        level_words(cell),
        day_words(cell),
        cell.verified_level,
        cell.required_level,
        cell.blocking,
        bool(cell.required or cell.verified_level),
    )


def _cell(base: str, named: str, cell: GapRow) -> str:
    look = _look_of(cell)
    before, between, after = _cell_parts(look)
    return f"{before}{base if look.is_link else ''}{between}{named}{after}"


@lru_cache(maxsize=LOOKS_KEPT)
def _cell_parts(look: _Look) -> tuple[str, str, str]:
    """A cell before its person's address, from there to the name, and after the name."""
    face = look.face
    skill = escape(look.skill.partition(":")[0])
    inside = _inside(face, look.verified, look.required, look.blocking)
    end = f"{spoken(skill, look.levels, face.text.lower(), look.day)}</span>{inside}"
    if not look.is_link:
        start = '<td><span class="cell state-off"><span class="visually-hidden">'
        return start, "", f"{end}</span></td>"
    mark = " cell-blocking" if look.blocking else ""
    return (
        f'<td><a class="cell state-{face.name}{mark}" href="',
        f'{look.slug}/"><span class="visually-hidden">',
        f"{end}</a></td>",
    )


@lru_cache(maxsize=MOST_KEPT)
def _inside(face: Face, verified: int, required: int, blocking: bool) -> str:
    """What is seen in a cell; the same for all cells that say the same."""
    figure = str(verified)
    if face.name == "none":
        figure = _glyph("none")
    elif face.name == "off" and not verified:
        figure = "&ndash;"
    wanted = f'<span class="cell-required" aria-hidden="true">{required}</span>' if required else ""
    glyph = "" if face.name in ("none", "off") else _glyph(face.name)
    text = "Blocking" if blocking else face.text
    return (
        f'<span class="cell-figure" aria-hidden="true">{figure}</span>{wanted}'
        f'<span class="cell-state" aria-hidden="true">{glyph}{escape(text)}</span>'
    )


@lru_cache(maxsize=MOST_KEPT)
def _glyph(name: str) -> SafeString:
    return format_html(
        '<svg class="glyph" width="16" height="16" aria-hidden="true" focusable="false">'
        '<use href="#glyph-{}"></use></svg>',
        name,
    )


def _total(column: MatrixColumn) -> str:
    if not column.required:
        return '<td class="quiet">&ndash;<span class="visually-hidden"> binds nobody</span></td>'
    blocking = (
        f'<span class="cell-note">{column.blocking} blocking</span>' if column.blocking else ""
    )
    return f"<td>{column.met} of {column.required}{blocking}</td>"


@lru_cache(maxsize=LOOKS_KEPT)
def _line_end(look: _Look) -> str:
    """A line of the list after its person's address."""
    face = look.face
    mark = " state-blocking" if look.blocking else ""
    return (
        f'{look.slug}/">{escape(look.skill.partition(":")[0])}</a>'
        f'<span class="skill-line-end"><span class="quiet">{spoken(look.levels, look.day)}</span>'
        f'<span class="state state-{face.name}{mark}">{_glyph(face.name)}{escape(face.text)}</span>'
        "</span></li>"
    )

"""Markdown becomes safe, accessible HTML."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.domain.rendering import lesson_parts, render_lesson, resolve_addresses


def html_of(text: str) -> str:
    return render_lesson(
        text,
        lesson_url=lambda lesson: f"lesson:{lesson}",
        image_url=lambda name: f"image:E1/{name}",
    )[0]


def test_headings_get_ids_and_the_outline_lists_them() -> None:
    html, outline = render_lesson(
        '## The idea\n\n### Small\n\n## The "idea" & more\n\n## The idea',
        lesson_url=str,
        image_url=str,
    )
    assert '<h2 id="the-idea">The idea</h2>' in html
    assert outline == [
        ("the-idea", "The idea"),
        ("the-idea-more", 'The "idea" & more'),
        ("the-idea_1", "The idea"),
    ]


def test_tables_stand_in_a_box_that_scrolls_and_can_be_focused() -> None:
    html = html_of("| Kind | Share |\n|---|--:|\n| a | 5% |\n\nAfter.")
    assert 'class="table-box"' in html
    assert 'tabindex="0"' in html
    assert 'role="region"' in html
    assert 'aria-label="Table: Kind, Share"' in html
    assert '<th scope="col">Kind</th>' in html
    assert '<td class="text-end">5%</td>' in html
    assert "style=" not in html
    assert "<p>After.</p>" in html


def test_an_empty_table_header_is_no_header() -> None:
    assert "<th></th>" not in html_of("| | B |\n|---|---|\n| a | b |")


def test_code_has_classes_and_can_be_scrolled_by_keyboard() -> None:
    html = html_of("```python\nif x:\n    y = 1  # <b>\n```")
    assert 'class="highlight"' in html
    assert '<pre tabindex="0">' in html
    assert '<span class="k">if</span>' in html
    assert "&lt;b&gt;" in html


def test_call_outs_keep_their_class_and_title() -> None:
    html = html_of('!!! warning "Mind"\n    Not this.')
    assert 'class="admonition warning"' in html
    assert '<p class="admonition-title">Mind</p>' in html


def test_addresses_are_put_in_when_the_text_is_read() -> None:
    html = html_of("[on](lesson:E1.2) ![A plan](images/a-b.svg) [out](https://example.org/?a=1)")
    shown = resolve_addresses(
        html,
        lesson_url=lambda lesson: f"/lessons/{lesson}/?x=1&y=2",
        image_url=lambda module, name: f"/pictures/{module}/{name}",
    )
    assert 'href="/lessons/E1.2/?x=1&amp;y=2"' in shown
    assert 'src="/pictures/E1/a-b.svg"' in shown
    assert 'alt="A plan"' in shown
    assert 'href="https://example.org/?a=1"' in shown


def test_an_address_written_in_code_is_left_alone() -> None:
    html = html_of('`<a href="lesson:E1.2"> src="images/a.svg"`')
    shown = resolve_addresses(html, lesson_url=lambda _: "X", image_url=lambda _m, _n: "Y")
    assert 'href="lesson:E1.2"' in shown
    assert 'src="images/a.svg"' in shown


def test_parts_are_what_the_parser_sees_and_not_what_lines_look_like() -> None:
    parts = lesson_parts(
        "## Start\n\n[x][1], [nested [x]](lesson:E2) and [two\nlines](lesson:E3)\n"
        "![A plan][i] ![][i]\n"
        "<https://example.org> <a@example.org> `<b>` <!-- note --> <br\n/>\n\n"
        "    <div>code</div>\n\nBig\n===\n\n```text\n<i>[x](lesson:none)</i>\n# none\n```\n\n"
        "[1]: lesson:E1\n[i]: images/a.svg\n"
    )
    assert parts.links == (
        "lesson:E1",
        "lesson:E2",
        "lesson:E3",
        "https://example.org",
        "mailto:a@example.org",
    )
    assert parts.images == (("images/a.svg", "A plan"), ("images/a.svg", ""))
    assert parts.raw_html == ("<!-- note -->", "<br\n/>")
    assert parts.titles == ("Big",)
    assert parts.anchors == {"start", "big"}
    assert lesson_parts("").links == ()


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '<img src="x" onerror="alert(1)" alt="x">',
        "[x](javascript:alert(1))",
        '<a href="data:text/html,x">x</a>',
        '<p style="color:red" onclick="x()">x</p>',
        "<iframe src='https://example.org'></iframe>",
        '<svg onload="x()"></svg>',
    ],
)
def test_nothing_active_survives(text: str) -> None:
    html = html_of(text)
    for word in ("<script", "onerror", "javascript:", "data:", "style=", "onclick", "onload",
                 "<iframe", "<svg"):  # fmt: skip
        assert word not in html


@given(st.text(alphabet="<>\"'=`[]()!#|-* \nabscriptonerror:/&;", max_size=80))
def test_no_text_whatever_makes_a_script_or_handler(text: str) -> None:
    html = html_of(text).lower()
    assert "<script" not in html
    assert " on" not in html.replace("&", " ").partition("<")[2].partition(">")[0]


def test_cells_are_aligned_by_class_and_tables_without_headers_have_a_name() -> None:
    html = html_of("| A | B |\n|:-:|---|\n| x | y |")
    assert '<td class="text-center">x</td>' in html
    assert 'aria-label="Table"' in html_of("| | |\n|---|---|\n| x | y |")

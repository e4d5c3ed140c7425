"""The colours of tokens.css hold their contrast; the weight of a page stays within its budget."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

ROOT = Path(__file__).resolve().parents[2]
TOKENS = (ROOT / "static/base/tokens.css").read_text()
STATES = ("met", "below", "due", "stale", "lapsed", "review", "none", "exempt", "grace", "off")
ENOUGH = 4.5


def theme(name: str) -> dict[str, str]:
    block = re.search(rf'\[data-bs-theme="{name}"\] {{(.*?)}}', TOKENS, re.S)
    assert block
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block[1]))


def luminance(colour: str) -> float:
    def linear(channel: str) -> float:
        value = int(channel, 16) / 255
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(colour[i : i + 2]) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_of_black_and_white_is_21() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize("state", STATES)
def test_state_pairs_can_be_read(name: str, state: str) -> None:
    colours = theme(name)
    assert contrast(colours[f"{state}-fg"], colours[f"{state}-bg"]) >= ENOUGH


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize("text", ["ink", "quiet", "accent", "below-fg"])
@pytest.mark.parametrize("ground", ["page", "surface", "sunken"])
def test_text_can_be_read_on_every_ground(name: str, text: str, ground: str) -> None:
    colours = theme(name)
    assert contrast(colours[text], colours[ground]) >= ENOUGH


@pytest.mark.parametrize("name", ["light", "dark"])
def test_buttons_code_and_marked_navigation_can_be_read(name: str) -> None:
    colours = theme(name)
    code = [colours[key] for key in colours if key.startswith("code-") and key != "code-bg"]
    pairs = [(colour, colours["code-bg"]) for colour in code]
    pairs += [
        (colours["on-accent"], colours["accent"]),
        (colours["on-accent"], colours["accent-hover"]),
        (colours["accent"], colours["accent-soft"]),
    ]
    assert min(contrast(*pair) for pair in pairs) >= ENOUGH


def test_both_themes_name_the_same_colours() -> None:
    assert theme("light").keys() == theme("dark").keys()


def test_every_state_has_a_shape_and_a_colour_rule() -> None:
    shapes = render_to_string("includes/state_glyphs.html")
    rules = (ROOT / "static/base/site.css").read_text()
    for state in STATES:
        assert f'id="glyph-{state}"' in shapes
        assert f".state-{state} {{" in rules


def test_own_styles_use_no_colours_but_the_tokens() -> None:
    sheets = [ROOT / "static/base" / name for name in ("charts.css", "site.css")]
    rules = "".join(sheet.read_text() for sheet in sheets)
    screen = rules.split("@media print")[0]
    assert set(re.findall(r"#[0-9a-f]{3,6}\b", screen)) <= {"#fff"}  # the ground of pictures
    used = set(re.findall(r"var\(--([a-z]+(?:-[a-z0-9]+)*)\)", rules))
    known = set(re.findall(r"--([\w-]+):", TOKENS + rules))
    assert {name for name in used if not name.startswith("tblr")} <= known


def test_own_styles_stay_small() -> None:
    own = [ROOT / "static/base" / name for name in ("tokens.css", "site.css")]
    assert sum(path.stat().st_size for path in own) <= 27_648


def test_styles_and_scripts_of_a_page_weigh_at_most_150_kb() -> None:
    page = (ROOT / "templates/base_document.html").read_text()
    assets = re.findall(r'(?:src|href)="{% static "([^"]+\.(?:css|js))" %}"', page)
    assert len(assets) == 7
    weight = 0
    for asset in assets:
        found = finders.find(asset)
        assert found, f"{asset} is missing: run scripts/vendor_assets.py"
        weight += len(gzip.compress(Path(found).read_bytes(), 9))
    assert weight <= 150_000

"""What the documents say is there, is there."""

import re
from datetime import date
from pathlib import Path

import pytest

from courses.domain.content_files import parse_courses
from operations.domain.framework_files import parse_framework
from operations.services.content import read_tree
from operations.services.demo import ON_STAGE

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
README = DOCUMENTS[0].read_text()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_of_a_document_lead_somewhere(document: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#|lesson:|images/name)([^)#]+)", document.read_text())
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_readme_names_make_targets_that_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"(?:^|`)make ([a-z-]+)", README, re.MULTILINE)) <= targets


def test_readme_names_accounts_of_the_demo() -> None:
    named = set(re.findall(r"[a-z]+@aldermoor\.example", README))
    assert named
    assert named <= {each.email for each in ON_STAGE}


def test_commands_named_in_documents_exist() -> None:
    have = {path.stem for path in ROOT.glob("*/management/commands/*.py")}
    have |= {"migrate", "collectstatic", "createsuperuser", "shell"}
    for document in DOCUMENTS:
        named = set(re.findall(r"manage\.py ([a-z_]+)", document.read_text()))
        assert named <= have, document


def test_production_guide_names_every_variable_it_needs() -> None:
    settings = (ROOT / "config/settings/prod.py").read_text()
    required = re.search(r"REQUIRED = \((.*?)\)", settings, re.DOTALL)
    assert required
    guide = (ROOT / "docs/production.md").read_text()
    for name in re.findall(r'"([A-Z_]+)"', required.group(1)):
        assert f"| `{name}` |" in guide


def test_the_files_of_the_authors_guide_can_be_loaded() -> None:
    guide = (ROOT / "docs/content.md").read_text()
    block = r"^(`{3,})\w+\n(?:# |<!-- )content/([^\s:]+)[^\n]*\n(.*?)^\1$"
    files = {path: text.encode() for _, path, text in re.findall(block, guide, re.M | re.S)}
    assert len(files) == 5
    files["curricula/field-technician/F1/F1.1.md"] += b" ".join([b"word"] * 150)
    framework, _ = parse_framework(read_tree(ROOT / "content"), today=date(2026, 11, 25))
    problems = [each.message for each in parse_courses(files, framework.known)[1]]
    balance = re.compile(r"(over all banks )?the key is .* of 1 items; it must be in 15-35%")
    rest = [each for each in problems if not balance.fullmatch(each)]
    assert rest == ["a bank needs at least 16 items of level 1, this one has 1"]
    del files["banks/data-quality.yaml"]
    assert parse_courses(files, framework.known)[1] == []

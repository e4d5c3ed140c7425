"""The house rules that a linter does not know."""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest
from django.apps import apps
from django.db.models import Field

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
APPS = ["accounts", "jobs", "skills", "courses", "reports", "operations"]  # from low to high
EDGE_ROOMS = {
    "urls", "admin", "api", "views", "management", "templatetags", "middleware", "adapters",
    "forms", "receivers", "tasks",
}  # fmt: skip


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).is_file()]


def python_files() -> list[Path]:
    return [path for path in tracked("*.py") if "migrations" not in path.parts]


def test_top_level_packages_are_the_ones_the_import_rules_know() -> None:
    packages = {
        path.parent.name for path in tracked("*/__init__.py") if path.parts[-3] == ROOT.name
    }
    assert packages == set(PROJECT["tool"]["importlinter"]["root_packages"])


def test_no_relation_points_up() -> None:
    rank = {label: number for number, label in enumerate(APPS)}
    upward = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model._meta.app_label in rank
        for field in model._meta.get_fields()
        if isinstance(field, Field)
        and field.related_model
        and rank.get(field.related_model._meta.app_label, -1) > rank[model._meta.app_label]
    ]
    assert upward == []


def test_edge_rooms_are_private_to_their_app() -> None:
    graph = grimp.build_graph(*APPS, cache_dir=None)
    strays = [
        f"{importer} imports {module}"
        for module in graph.modules
        if len(module.split(".")) > 1 and module.split(".")[1] in EDGE_ROOMS
        for importer in graph.find_modules_that_directly_import(module)
        if importer.split(".")[0] not in (module.split(".")[0], "config")
    ]
    assert strays == []


def _functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def test_functions_fit_a_screen_and_modules_stay_short() -> None:
    too_long = [
        f"{path.relative_to(ROOT)}: {name} has {length} lines"
        for path in python_files()
        for name, length in _functions(path)
        if length > 60
    ]
    too_long += [
        f"{path.relative_to(ROOT)}: {lines} lines"
        for path in python_files()
        if (lines := path.read_text().count("\n")) > 500
    ]
    assert too_long == []


def test_public_services_and_domain_functions_have_a_docstring() -> None:
    bare = []
    for path in python_files():
        if (
            not {"services", "domain"} & set(path.relative_to(ROOT).parts[:-1])
            or "tests" in path.parts
        ):
            continue
        for node in ast.parse(path.read_text()).body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
                continue
            if not ast.get_docstring(node):
                bare.append(f"{path.relative_to(ROOT)}: {node.name}")
    assert bare == []


def test_no_file_names_a_package_registry() -> None:
    hosts = re.compile(
        "|".join(["registry" r"\.npmjs", "files\\.pythonhosted", "pypi" r"\.org", '"resolved":'])
    )
    texts = [
        p for p in tracked() if p.suffix not in (".png", ".svg") and p.name != Path(__file__).name
    ]
    named = [
        str(path.relative_to(ROOT))
        for path in texts
        if hosts.search(path.read_text(encoding="utf-8", errors="ignore"))
    ]
    assert named == []


INLINE = re.compile(r"""\s(style|on[a-z]+)\s*=\s*["']|<style|<script(?![^>]*\bsrc=)""")


@pytest.mark.parametrize("path", tracked("templates/*.html"), ids=lambda p: p.name)
def test_templates_have_no_inline_script_or_style(path: Path) -> None:
    assert INLINE.findall(path.read_text()) == []


def test_nothing_is_left_undone() -> None:
    words = re.compile("TODO|FIXME|XXX|NotImplementedError|pytest\\.mark\\.skip")
    left = [
        str(path.relative_to(ROOT))
        for path in tracked("*.py", "*.html", "*.md", "*.css", "*.js")
        if path.name != Path(__file__).name and words.search(path.read_text())
    ]
    assert left == []

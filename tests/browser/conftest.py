"""A real browser on a real server: Debian's Chromium, driven by Playwright."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from accounts.domain.positions import Place
from accounts.enums import Group
from accounts.models import JobRole, Person
from accounts.services import set_positions

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright runs an event loop
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "/browser/" in str(item.path):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {
        **browser_type_launch_args,
        "executable_path": shutil.which("chromium"),
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ],
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {
        **browser_context_args,
        "viewport": {"width": 1366, "height": 900},
        "locale": "en-GB",
        "reduced_motion": "reduce",
    }


@pytest.fixture
def site(live_server: LiveServer, transactional_db: None) -> str:
    return str(live_server.url)


@pytest.fixture
def errors(page: Page) -> Iterator[list[str]]:
    """What the browser complained of; the test fails if anything is left in it at the end."""
    seen: list[str] = []
    page.on(
        "console", lambda message: seen.append(message.text) if message.type == "error" else None
    )
    page.on("pageerror", lambda error: seen.append(str(error)))
    yield seen
    assert seen == []


@pytest.fixture
def enter(page: Page, site: str) -> Callable[[Person], None]:
    """Sign in through the page, as a person does."""

    def sign_in(person: Person, password: str = "pass") -> None:
        page.goto(f"{site}/sign-in/login/")
        page.get_by_label("E-mail").fill(person.email)
        page.get_by_label("Password", exact=True).fill(password)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda url: "/sign-in/" not in url)

    return sign_in


@pytest.fixture
def check_accessible(page: Page) -> Callable[[], None]:
    """WCAG 2.2 AA by axe, on the page as it stands."""

    def check() -> None:
        found = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}})
        broken = [
            f"{each['id']}: {node['html'][:160]}"
            for each in found.response["violations"]
            for node in each["nodes"]
        ]
        assert broken == [], page.url

    return check


@dataclass
class Company:
    """A small company on the shipped framework: a manager with a team of six, HR, a stranger."""

    hr: Person
    manager: Person
    employee: Person
    team: list[Person]
    stranger: Person


@pytest.fixture
def company(transactional_db: None, make_person: Any, make_unit: Any) -> Company:
    today = timezone.localdate()
    call_command("load_content", verbosity=0, on=today - timedelta(days=400))
    unit, other = make_unit("Networks"), make_unit("Finance")
    manager = make_person("Maren Okafor")
    employee = make_person("Asha Lindqvist", manager=manager, password=None)
    team = [employee, *(make_person(f"Colleague {n}", manager=manager) for n in range(1, 6))]
    hr = make_person("Hanna Ruiz", groups=[Group.HR])
    stranger = make_person("Stefan Fremd")
    for person in (manager, *team, hr, stranger):
        slug = {manager: "people-manager", hr: "employee", stranger: "employee"}.get(
            person, "network-engineer"
        )
        place = Place(
            unit=(other if person in (hr, stranger) else unit).pk,
            job_role=JobRole.objects.get(slug=slug).pk,
            share=Decimal(1),
            starts_on=today - timedelta(days=400),
        )
        set_positions(person, [place], today=today)
    return Company(hr, manager, employee, team, stranger)

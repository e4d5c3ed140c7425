"""Every main page, for whom it is: accessible, wide and narrow, light and dark, without errors."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from accounts.models import Person

SIZES = {"wide": (1366, 900), "phone": (390, 844)}
PAGES = {
    "employee": [
        "path/",
        "skills/",
        "skills/core-discernment/",
        "skills/core-discernment/claim/",
        "skills/record/",
        "catalogue/",
        "curricula/network-engineer/",
        "modules/E1/",
        "modules/E1/quiz/",
        "lessons/E1.1/",
        "lessons/E1.1/fault/",
        "checks/core-discernment/",
        "glossary/",
        "framework/",
        "people/{own}/",
        "who-looked/",
    ],
    "manager": [
        "team/",
        "team/?scope=line",
        "team/levels/",
        "team/worklist/",
        "assignments/",
        "assignments/new/",
    ],
    "hr": ["organisation/", "people/", "people/{employee}/", "jobs/", "assignments/new/"],
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("part", list(PAGES))
def test_pages_are_accessible_and_fit_the_screen(
    part: str, scheme: Any, page: Page, site: str, company: Any, errors: list[str],
    enter: Callable[[Person], None], check_accessible: Callable[[], None],
) -> None:  # fmt: skip
    person: Person = getattr(company, part)
    person.set_password("pass")
    person.save()
    page.emulate_media(color_scheme=scheme)
    enter(person)
    for path in PAGES[part]:
        address = path.format(own=person.uuid, employee=company.employee.uuid)
        for width, height in SIZES.values():
            page.set_viewport_size({"width": width, "height": height})
            answered = page.goto(f"{site}/{address}")
            assert answered is not None
            assert answered.status == 200, address
            overflow = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert overflow <= 0, f"{address} scrolls sideways at {width}"
            check_accessible()


def test_signed_out_pages_are_accessible(
    page: Page, site: str, errors: list[str], check_accessible: Callable[[], None]
) -> None:
    for path in ("sign-in/login/", "sign-in/password/reset/"):
        page.goto(f"{site}/{path}")
        check_accessible()


def test_path_works_without_javascript(browser: Any, site: str, company: Any) -> None:
    """The main journey of an employee, with scripts switched off."""
    company.employee.set_password("pass")
    company.employee.save()
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{site}/sign-in/login/")
        page.get_by_label("E-mail").fill(company.employee.email)
        page.get_by_label("Password", exact=True).fill("pass")
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("link", name="Read the lesson").click()
        page.get_by_role("button", name="Mark as read").click()
        assert page.get_by_text("Read on").is_visible()
        page.goto(f"{site}/checks/core-delegation/")
        page.get_by_role("button", name="Start the check").click()
        page.get_by_role("button", name="Hand in", exact=True).click()
        assert page.get_by_text("8 questions have no answer").is_visible()
        page.get_by_role("button", name="Hand in as it is").click()
        assert "not passed (0 of 8)" in page.get_by_role("heading", level=1).inner_text()

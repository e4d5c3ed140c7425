"""The frame of every page, the way in, error pages, and the pages only developers see."""

import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.core.mail import EmailMessage
from django.core.mail.backends.filebased import EmailBackend
from django.http import HttpRequest
from django.template import Context
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import NoReverseMatch, reverse

from accounts.enums import Group
from accounts.models import Person
from operations.templatetags import navigation
from operations.templatetags.navigation import Menus, menus
from operations.views.home import home

SignIn = Callable[[Person], Client]
MakePerson = Callable[..., Person]
ADDRESSES = {place.page: f"/{place.page.replace(':', '/')}/" for place in navigation.MAIN}


@pytest.fixture
def all_pages_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names of pages lead to made-up addresses, whatever this installation has."""

    def fake(name: str, kwargs: dict[str, Any] | None = None) -> str:
        return ADDRESSES.get(name, f"/{name}/")

    monkeypatch.setattr(navigation, "reverse", fake)
    monkeypatch.setattr("django.shortcuts.reverse", lambda name, **_: fake(name))


def menus_for(user: object, path: str = "/x/") -> Menus:
    return menus(Context({"user": user, "request": RequestFactory().get(path)}))


def entries_for(user: object, path: str = "/x/") -> dict[str, str]:
    return {entry.label: entry.current for entry in menus_for(user, path).main}


def marked(user: object, path: str) -> dict[str, str]:
    """The entries of all menus that are marked, with the value of their mark."""
    found = menus_for(user, path)
    every = (*found.main, *found.own, *found.reference)
    return {entry.label: entry.current for entry in every if entry.current}


EVERYONE = ["My path", "My skills", "Catalogue"]


@pytest.mark.usefixtures("all_pages_exist")
class TestNavigation:
    def test_employee_sees_their_own_pages(self, make_person: MakePerson) -> None:
        assert list(entries_for(make_person())) == EVERYONE

    def test_manager_sees_the_team_and_people(self, make_person: MakePerson) -> None:
        manager = make_person()
        make_person(manager=manager)
        assert list(entries_for(manager)) == [*EVERYONE, "Team", "Assignments", "People"]

    @pytest.mark.parametrize(
        ("group", "more"),
        [
            (Group.HR, ["Organisation", "Assignments", "People", "Jobs"]),
            (
                Group.AUDITOR,
                ["Organisation", "Assignments", "People", "Content", "Faults", "Jobs", "Admin"],
            ),
            (Group.AUTHOR, ["Content", "Faults", "Jobs"]),
            (Group.ASSESSOR, []),
        ],
    )
    def test_groups_see_their_pages(
        self, make_person: MakePerson, group: Group, more: list[str]
    ) -> None:
        assert list(entries_for(make_person(groups=[group]))) == [*EVERYONE, *more]

    def test_staff_sees_jobs_and_the_admin(self, make_person: MakePerson) -> None:
        assert list(entries_for(make_person(is_staff=True))) == [
            *EVERYONE,
            "Content",
            "Jobs",
            "Admin",
        ]

    def test_nobody_signed_in_sees_nothing(self) -> None:
        assert menus_for(AnonymousUser()) == Menus()

    def test_this_page_and_the_page_it_lies_in_are_marked(self, make_person: MakePerson) -> None:
        person = make_person()
        assert entries_for(person, "/courses/my-path/")["My path"] == "page"
        assert entries_for(person, "/courses/my-path/more/")["My path"] == "true"
        assert set(entries_for(person, "/elsewhere/").values()) == {""}

    def test_signing_out_is_a_post(self, make_person: MakePerson) -> None:
        found = menus_for(make_person()).own
        assert [entry.label for entry in found if entry.is_post] == ["Sign out"]


def test_pages_that_do_not_exist_are_left_out(
    make_person: MakePerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*_: object, **__: object) -> str:
        raise NoReverseMatch

    monkeypatch.setattr(navigation, "reverse", none)
    assert entries_for(make_person()) == {}


OTHER = "00000000-0000-4000-8000-000000000000"


@pytest.mark.parametrize(
    ("path", "marks"),
    [
        ("/lessons/E1.1/", {"Catalogue": "true"}),
        ("/lessons/E1.1/fault/", {"Catalogue": "true"}),
        ("/curricula/employee/", {"Catalogue": "true"}),
        ("/modules/E1/quiz/", {"Catalogue": "true"}),
        ("/checks/core-delegation/", {"My skills": "true"}),
        ("/skills/", {"My skills": "page"}),
        ("/people/{own}/skills/", {"My skills": "true"}),
        ("/people/{own}/team/", {"Team": "true"}),
        ("/people/{own}/", {"Profile": "page"}),
        (f"/people/{OTHER}/skills/", {"People": "true"}),
        (f"/people/{OTHER}/team/", {"People": "true"}),
        ("/glossary/", {"Glossary": "page"}),
        ("/framework/", {"Skill framework": "page"}),
        ("/nowhere/", {}),
    ],
)
def test_a_page_lies_in_one_entry(
    make_person: MakePerson, path: str, marks: dict[str, str]
) -> None:
    manager = make_person(groups=[Group.HR])
    make_person(manager=manager)
    assert marked(manager, path.format(own=manager.uuid)) == marks


OF_NO_MENU = {"home", "mailbox", "mail-detail", "style-guide", "invitation-accept", "email-address"}


def test_every_page_lies_in_one_entry(make_person: MakePerson) -> None:
    """Whoever adds a page says in `navigation` where it lies."""
    everybody = make_person(groups=[Group.HR, Group.AUTHOR], is_staff=True)
    make_person(manager=everybody)
    samples = {"uuid": OTHER, "slug": "x", "name": "x", "module": "x"}
    for app in ("accounts", "courses", "jobs", "operations", "reports", "skills"):
        for pattern in import_module(f"{app}.urls").urlpatterns:
            if pattern.name is None or pattern.name in OF_NO_MENU:
                continue
            wanted = {name: samples[name] for name in pattern.pattern.converters}
            path = reverse(f"{app}:{pattern.name}", kwargs=wanted)
            assert len(marked(everybody, path)) == 1, path


def test_the_foot_leads_to_glossary_and_framework(make_person: MakePerson, sign_in: SignIn) -> None:
    foot = sign_in(make_person()).get("/who-looked/").text.partition("<footer")[2]
    assert '<a href="/glossary/">Glossary</a> · <a href="/framework/">Skill framework</a>' in foot


def led_to(user: object) -> str:
    request = RequestFactory().get("/")
    request.user = user  # type: ignore[assignment]
    response = home(request)
    assert response.status_code == 302
    return response.headers["Location"]


@pytest.mark.usefixtures("all_pages_exist")
def test_home_leads_everyone_to_their_page(make_person: MakePerson) -> None:
    manager = make_person()
    employee = make_person(manager=manager)
    assert led_to(AnonymousUser()) == "/account_login/"
    assert led_to(employee) == "/courses/my-path/"
    assert led_to(manager) == "/skills/team-matrix/"
    for group in (Group.HR, Group.AUDITOR):
        reader = make_person(groups=[group])
        make_person(manager=reader)
        assert led_to(reader) == "/reports/organisation/"


@pytest.fixture
def style_page(sign_in: SignIn, make_person: MakePerson, settings: Any) -> str:
    settings.DEBUG = True
    person = make_person("Asha Rao", groups=[Group.HR])
    response = sign_in(person).get(
        reverse("operations:style-guide"), {"messages": "1", "page": "4"}
    )
    assert response.status_code == 200
    return response.content.decode()


def test_style_guide_draws_every_component(style_page: str) -> None:
    root = Path(__file__).resolve().parents[2]
    source = (root / "templates/operations/style_guide.html").read_text()
    parts = "".join(path.read_text() for path in root.glob("templates/components/*.html"))
    used = set(re.findall(r"<c-([a-z_]+)", source + parts))
    assert used >= {path.stem for path in root.glob("templates/components/*.html")}
    assert "<c-" not in style_page


def test_style_guide_keeps_the_strict_policy(style_page: str) -> None:
    assert not re.search(r"""\s(style|on[a-z]+)\s*=|<style|<script(?![^>]*\bsrc=)""", style_page)


def test_ids_of_a_page_are_unique(style_page: str) -> None:
    ids = [i for i in re.findall(r'\sid="([^"]+)"', style_page) if not i.startswith("id_")]
    assert sorted(ids) == sorted(set(ids))


def test_frame_has_landmarks_skip_link_and_token_for_htmx(style_page: str) -> None:
    assert style_page.index('class="skip-link" href="#main"') < style_page.index("<header")
    assert style_page.count("<main") == style_page.count("<h1") == 1
    assert '"X-CSRFToken"' in style_page
    assert '"allowEval": false' in style_page
    assert "Saved. Two people were told." in style_page


def test_fields_are_bound_to_their_label_help_and_error(style_page: str) -> None:
    assert 'id="id_name_helptext"' in style_page
    assert 'aria-describedby="id_email_error"' in style_page
    assert 'aria-invalid="true"' in style_page
    assert '<a href="#id_email">E-mail</a>: Enter a valid email address.' in style_page
    assert style_page.count('type="radio"') == style_page.count('class="form-check-input"') - 1


def test_page_links_keep_the_query(style_page: str) -> None:
    assert 'href="?messages=1&amp;page=5"' in style_page
    assert "310 people, page 4 of 13" in style_page


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["operations:style-guide", "operations:mailbox"])
def test_developers_pages_do_not_exist_in_production(client: Client, name: str) -> None:
    assert client.get(reverse(name)).status_code == 404


ERRORS = ("400", "403", "403_csrf", "404", "429", "500")


@pytest.mark.parametrize("code", ERRORS)
def test_error_pages_need_neither_request_nor_database(code: str) -> None:
    html = render_to_string(f"{code}.html")
    assert html.count("<h1") == html.count("<main") == 1
    assert f"Error {code[:3]}" in html
    assert 'href="/"' in html


def test_refusal_says_its_reason() -> None:
    assert "Only HR may." in render_to_string("403.html", {"exception": "Only HR may."})


def test_reason_of_a_refusal_is_escaped() -> None:
    assert "<b>" not in render_to_string("403.html", {"exception": str(PermissionDenied("<b>"))})


def test_form_without_token_gets_the_page_in_our_look() -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post(reverse("account_login"), {})
    assert response.status_code == 403
    assert "too old to send" in response.content.decode()


@pytest.mark.django_db
def test_unknown_address_gets_the_page_in_our_look(client: Client) -> None:
    response = client.get("/no/such/page/")
    assert response.status_code == 404
    assert "There is no such page" in response.content.decode()


def test_confirm_page_posts_the_same_fields_again(make_person: MakePerson) -> None:
    request: HttpRequest = RequestFactory().post(
        "/x/?a=1", {"reason": "wrong <one>", "n": ["1", "2"]}
    )
    request.user = make_person()
    request.session = {}  # type: ignore[assignment]
    context = {"question": "Revoke it?", "text": "It ends.", "label": "Revoke", "back": "/x/"}
    html = render_to_string("confirm.html", context, request)
    assert 'action="/x/?a=1"' in html
    assert '<input type="hidden" name="reason" value="wrong &lt;one&gt;">' in html
    assert html.count('name="n"') == 2
    assert 'name="confirmed" value="yes"' in html


@pytest.fixture
def mail_folder(settings: Any, tmp_path: Path) -> Path:
    settings.DEBUG = True
    settings.EMAIL_FILE_PATH = tmp_path
    return tmp_path


def write_mail(folder: Path, *mails: EmailMessage) -> None:
    EmailBackend(file_path=str(folder)).send_messages(list(mails))


def invitation(number: int) -> EmailMessage:
    body = f"Willkommen, Zoë.\n\nhttp://testserver/invitation/{number}/ <script>"
    return EmailMessage(f"Invitation {number}", body, "tutti@localhost", ["zoë@example.org"])


def read(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def test_mailbox_says_when_it_is_empty(client: Client, mail_folder: Path) -> None:
    assert "No mail yet" in read(client, reverse("operations:mailbox"))


def test_mailbox_lists_each_message_newest_first(client: Client, mail_folder: Path) -> None:
    write_mail(mail_folder, invitation(1), invitation(2))
    html = read(client, reverse("operations:mailbox"))
    assert html.index("Invitation 2") < html.index("Invitation 1")
    assert "zoë@example.org" in html


def test_mail_detail_has_links_and_no_markup_of_the_sender(
    client: Client, mail_folder: Path
) -> None:
    write_mail(mail_folder, invitation(1), invitation(2))
    name = next(mail_folder.glob("*.log")).stem
    html = read(client, reverse("operations:mail-detail", kwargs={"name": name, "number": 1}))
    assert '<a href="http://testserver/invitation/2/"' in html
    assert "Willkommen, Zoë." in html
    assert "&lt;script&gt;" in html


def test_mail_that_is_not_there_is_not_found(client: Client, mail_folder: Path) -> None:
    write_mail(mail_folder, invitation(1))
    url = reverse("operations:mail-detail", kwargs={"name": "settings", "number": 0})
    assert client.get(url).status_code == 404

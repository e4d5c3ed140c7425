"""What is taught, in the admin: read and never changed."""

import pytest
from django.apps import apps
from django.urls import reverse

from accounts.enums import Group
from courses.models import Lesson
from tests.courses.pages import Make, SignIn, text_of


class TestAdmin:
    MODELS = (
        "curriculum", "module", "lesson", "lessonimage", "practicaltask", "item", "enrolment",
        "assignment", "faultreport",
    )  # fmt: skip

    @pytest.mark.usefixtures("syllabus")
    @pytest.mark.parametrize("name", MODELS)
    def test_content_is_shown_and_not_changed(
        self, make_person: Make, sign_in: SignIn, name: str
    ) -> None:
        client = sign_in(make_person(is_staff=True, is_superuser=True))
        assert client.get(reverse(f"admin:courses_{name}_changelist")).status_code == 200
        assert client.get(reverse(f"admin:courses_{name}_add")).status_code == 403

    @pytest.mark.usefixtures("syllabus")
    @pytest.mark.parametrize("name", MODELS)
    def test_an_auditor_opens_every_row_and_changes_none(
        self, make_person: Make, sign_in: SignIn, name: str
    ) -> None:
        client = sign_in(make_person(groups=[Group.AUDITOR]))
        model = apps.get_model("courses", name)
        assert client.get(reverse(f"admin:courses_{name}_changelist")).status_code == 200
        for row in model._default_manager.all()[:2]:
            address = reverse(f"admin:courses_{name}_change", args=[row.pk])
            page = client.get(address)
            assert page.status_code == 200
            assert 'name="_save"' not in text_of(page)
            assert client.post(address, {"title": "x"}).status_code == 403

    @pytest.mark.usefixtures("syllabus")
    def test_a_lesson_and_an_item_open_read_only(self, make_person: Make, sign_in: SignIn) -> None:
        client = sign_in(make_person(is_staff=True, is_superuser=True))
        lesson = Lesson.objects.get(slug="E1.1")
        for name, pk in (
            ("lesson", lesson.pk),
            ("module", lesson.module_id),
            ("curriculum", lesson.module.curriculum_id),
            ("item", 1),
        ):
            address = reverse(f"admin:courses_{name}_change", args=[pk])
            response = client.get(address, follow=True)
            assert response.status_code == 200
            assert 'name="_save"' not in text_of(response)
            assert client.post(address, {"title": "x"}).status_code in (302, 403)
        assert Lesson.objects.get(slug="E1.1").title == "Lesson E1.1"

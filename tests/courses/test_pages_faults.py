"""Reporting what is wrong in a lesson, and answering."""

import pytest

from accounts.models import Person
from courses.enums import FaultState
from courses.models import FaultReport, Lesson
from courses.services.faults import report_fault, resolve_fault
from tests.courses.pages import SignIn, text_of, url


class TestFaults:
    @pytest.fixture
    def report(self, asha: Person) -> FaultReport:
        return report_fault(asha, Lesson.objects.get(slug="E1.1"), "The sum is wrong.")

    def test_a_reader_reports_and_is_thanked(
        self, people: dict[str, Person], sign_in: SignIn
    ) -> None:
        client = sign_in(people["owner"])
        response = client.post(
            url("fault-create", "E1.1"), {"text": "The sum is wrong."}, follow=True
        )
        assert "Thank you." in text_of(response)
        assert "The sum is wrong.</p>" in text_of(response)
        assert "Not answered yet." in text_of(response)
        assert FaultReport.objects.get().reporter == people["owner"]

    @pytest.mark.parametrize("text", ["", "   ", "x" * 2001])
    def test_an_empty_or_endless_report_is_refused_at_the_field(
        self, people: dict[str, Person], sign_in: SignIn, text: str
    ) -> None:
        response = sign_in(people["owner"]).post(url("fault-create", "E1.1"), {"text": text})
        assert response.status_code == 422
        assert "field-error" in text_of(response)
        assert not FaultReport.objects.exists()

    def test_nothing_is_reported_in_a_lesson_without_a_text(
        self, people: dict[str, Person], sign_in: SignIn
    ) -> None:
        assert sign_in(people["owner"]).get(url("fault-create", "E1.3")).status_code == 404

    @pytest.mark.parametrize("who", ["owner", "colleague", "manager", "hr", "stranger"])
    def test_only_authors_and_auditors_read_reports(
        self, people: dict[str, Person], sign_in: SignIn, report: FaultReport, who: str
    ) -> None:
        client = sign_in(people[who])
        assert client.get(url("fault-list")).status_code == 403
        assert client.get(url("fault-detail", report.uuid)).status_code == 403

    @pytest.mark.parametrize("who", ["owner", "manager", "hr", "auditor", "stranger"])
    def test_only_authors_answer_reports(
        self, people: dict[str, Person], sign_in: SignIn, report: FaultReport, who: str
    ) -> None:
        client = sign_in(people[who])
        for sent in ({"outcome": "resolved", "answer": "Done"}, {}):
            assert client.post(url("fault-detail", report.uuid), sent).status_code == 403
        assert FaultReport.objects.get().state == FaultState.OPEN

    def test_an_auditor_reads_reports_and_answers_without_a_form(
        self, people: dict[str, Person], sign_in: SignIn, report: FaultReport
    ) -> None:
        client = sign_in(people["auditor"])
        assert "The sum is wrong." in text_of(client.get(url("fault-list")))
        page = text_of(client.get(url("fault-detail", report.uuid)))
        assert "The sum is wrong." in page
        assert "No author has answered yet." in page
        assert "Send the answer" not in page
        resolve_fault(report, by=people["author"], answer="It is 7.")
        page = text_of(client.get(url("fault-detail", report.uuid)))
        assert "It is 7." in page

    def test_an_author_finds_and_answers_and_the_reader_sees_it(
        self, people: dict[str, Person], sign_in: SignIn, report: FaultReport
    ) -> None:
        client = sign_in(people["author"])
        assert "The sum is wrong." in text_of(client.get(url("fault-list")))
        assert "Nothing matches" in text_of(client.get(url("fault-list", q="zebra")))
        assert "The sum is wrong." in text_of(client.get(url("fault-list", q="e1.1 SUM")))
        client.post(
            url("fault-detail", report.uuid), {"outcome": "dismissed", "answer": "It adds up."}
        )
        assert "No report waits for an answer" in text_of(client.get(url("fault-list")))
        assert "Dismissed" in text_of(client.get(url("fault-list", state="all")))
        assert "It adds up." in text_of(client.get(url("fault-detail", report.uuid)))
        page = text_of(sign_in(people["owner"]).get(url("lesson-detail", "E1.1")))
        assert "It adds up." in page
        assert "Nothing was changed." in page
        page = text_of(sign_in(people["colleague"]).get(url("lesson-detail", "E1.1")))
        assert "It adds up." not in page

    def test_an_answer_needs_words_and_an_outcome_and_typing_is_kept(
        self, people: dict[str, Person], sign_in: SignIn, report: FaultReport
    ) -> None:
        client = sign_in(people["author"])
        address = url("fault-detail", report.uuid)
        response = client.post(address, {"answer": "Half an answer"})
        assert response.status_code == 422
        assert "Half an answer" in text_of(response)
        assert client.post(address, {"outcome": "resolved", "answer": " "}).status_code == 422
        assert FaultReport.objects.get().state == FaultState.OPEN

    def test_a_report_is_answered_once(
        self, people: dict[str, Person], sign_in: SignIn, report: FaultReport
    ) -> None:
        client = sign_in(people["author"])
        address = url("fault-detail", report.uuid)
        client.post(address, {"outcome": "resolved", "answer": "First"})
        response = client.post(address, {"outcome": "dismissed", "answer": "Second"})
        assert response.status_code == 422
        assert "answered already" in text_of(response)
        assert FaultReport.objects.get().answer == "First"

    def test_an_odd_state_means_open(
        self, people: dict[str, Person], sign_in: SignIn, report: FaultReport
    ) -> None:
        page = text_of(sign_in(people["author"]).get(url("fault-list", state="x", page="7")))
        assert "The sum is wrong." in page

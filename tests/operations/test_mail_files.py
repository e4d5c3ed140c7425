"""Reading files of Django's file mail backend."""

from operations.domain.mail_files import SEPARATOR, parse_mail_file


def test_messages_of_one_file_are_told_apart() -> None:
    one = b"Subject: One\nTo: a@example.org\n\nfirst\n"
    other = b"Subject: Two\nDate: Sun, 22 Nov 2026 16:00:00 +0000\n\nsecond\n"
    mails = parse_mail_file(one + SEPARATOR + other + SEPARATOR)
    assert [(mail.subject, mail.text) for mail in mails] == [("One", "first"), ("Two", "second")]
    assert mails[0].sent_at is None
    assert mails[1].sent_at
    assert mails[1].sent_at.year == 2026


def test_empty_file_holds_nothing() -> None:
    assert parse_mail_file(b"") == []


def test_message_without_plain_text_or_subject_is_still_listed() -> None:
    raw = b"Content-Type: text/html\nDate: some day\n\n<p>x</p>\n" + SEPARATOR
    (mail,) = parse_mail_file(raw)
    assert (mail.subject, mail.text, mail.sent_at) == ("(no subject)", "", None)

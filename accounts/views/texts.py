"""What is asked before something is done to a person's access."""

from dataclasses import dataclass, replace

from accounts.models import Person


@dataclass(frozen=True)
class Question:
    question: str
    text: str
    label: str

    def about(self, person: Person) -> "Question":
        return replace(
            self,
            question=self.question.format(name=person.name),
            text=self.text.format(name=person.name, email=person.email),
        )


INVITE = Question(
    "Invite {name}?",
    "A link to set a password is mailed to {email}. Earlier links stop working.",
    "Invite",
)
RESEND = Question(
    "Resend the invitation of {name}?", "The same link is mailed to {email} again.", "Resend"
)
REVOKE = Question(
    "Withdraw the invitation of {name}?",
    "The link mailed to {email} stops working.",
    "Withdraw",
)

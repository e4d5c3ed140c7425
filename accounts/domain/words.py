"""What somebody looks for, from what they typed."""

MOST_WORDS = 8
LONGEST = 200


def words_of(text: str) -> list[str]:
    """The first words of a search; more would make it slow and find nothing more."""
    return text[:LONGEST].split()[:MOST_WORDS]

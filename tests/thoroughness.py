"""How much is tried: all of it in `make test`, a quarter of what is made up in `make test-fast`."""

import os


def examples(number: int) -> int:
    """How many cases Hypothesis makes up."""
    return max(10, number // 4) if "TUTTI_TEST_FAST" in os.environ else number

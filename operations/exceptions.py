"""Errors of this app. Plain Python: no Django."""

from collections.abc import Sequence


class ContentInvalid(Exception):
    """Content was not loaded; `problems` say where and why."""

    def __init__(self, problems: Sequence[object]) -> None:
        shown = "\n".join(str(problem) for problem in problems[:20])
        more = f"\nand {len(problems) - 20} more" if len(problems) > 20 else ""
        count = f"{len(problems)} problem{'' if len(problems) == 1 else 's'}"
        super().__init__(f"{count}:\n{shown}{more}")
        self.problems = tuple(problems)


class DemoRefused(Exception):
    """The demo organisation was not made; the message says why."""

"""The log: one line of JSON an event, to stderr, without what must not be read there.

A line says when, how grave, which logger, what, and within a request its id and path. Whoever reads
the log must not be able to take somebody's account or to learn addresses from it, so keys of
invitations and of reset links, e-mail addresses, credentials, queries of addresses, and the rows
that PostgreSQL quotes in its errors are left out of every line, tracebacks included.
"""

import re
from typing import Any

import structlog
from structlog.typing import EventDict, Processor

HIDDEN = "[hidden]"
# the two links that let in whoever has them; resending and withdrawing are not among them
LINK = re.compile(r"(/invitation/(?!resend/|withdraw/)|/reset/key/)[^\s/?\"'<>]+")
CREDENTIALS = re.compile(r"(?i)\b(bearer|basic) [\w.~+/=-]+|(?<=://)[^\s/@]*@")
_IN_NAME = r"[^\s@<>\"'(),:;/=&?\[\]]"
# looked for where a word begins: at each of its letters, a long word would cost its square
ADDRESS = re.compile(rf"(?<!{_IN_NAME})(?:{_IN_NAME}+(?:@|%40)[\w.-]*\w)+")
QUERY = re.compile(r"\?[\w.%-]+=[^\s\"'<>]*")
ROW = re.compile(r"(DETAIL:).*")

_COMMON: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.TimeStamper(fmt="iso"),
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
]


def hide(text: str) -> str:
    """Return the text without links that let in, credentials, addresses, queries and rows."""
    text = LINK.sub(rf"\1{HIDDEN}", text)
    text = CREDENTIALS.sub(HIDDEN, text)
    text = QUERY.sub(f"?{HIDDEN}", text)
    text = ADDRESS.sub(HIDDEN, text)
    return ROW.sub(rf"\1 {HIDDEN}", text)


def _hide_all(_: Any, __: str, event: EventDict) -> EventDict:
    return {name: hide(value) if isinstance(value, str) else value for name, value in event.items()}


def _leave_out_words(_: Any, __: str, event: EventDict) -> EventDict:
    """A request is its method and path: what was searched for, with or without `=`, goes."""
    if "request" in event:
        event["request"] = event["request"].partition("?")[0]
    return event


def _formatter(*last: Processor) -> dict[str, Any]:
    """How a line is made, of our events and of those of libraries."""
    return {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": [*_COMMON, structlog.processors.format_exc_info],
        "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
    }


def configure_structlog() -> None:
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_COMMON,
            structlog.processors.format_exc_info,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": _formatter(
            _leave_out_words, _hide_all, structlog.processors.JSONRenderer(default=repr)
        ),
        "console": _formatter(structlog.dev.ConsoleRenderer(colors=False)),
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "INFO"},
}

"""Reading a request's body."""

from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

NO_NUMBER = "The body holds a number that cannot be read: one too long, NaN or an infinity."


class BodyParser(JSONParser):
    """JSON, also where it is nested so deeply, or a number so long, that Python gives up on it."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError as error:
            raise ParseError("The body is nested too deeply.") from error
        except ParseError as error:
            if type(error.__context__) is ValueError:  # of a number; a fault of form has its own
                raise ParseError(NO_NUMBER) from error
            raise

"""docs/api.md stays true: its curl lines are sent, and its tables are those of the code."""

import re
import shlex
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings

from accounts.models import Person
from skills.api.kinds import NEEDS

GUIDE = Path(__file__).parents[2] / "docs" / "api.md"
TEXT = GUIDE.read_text(encoding="utf-8")


def curl_lines() -> list[list[str]]:
    blocks = re.findall(r"```sh\n(.*?)```", TEXT, re.S)
    joined = "".join(blocks).replace("\\\n", " ")
    return [shlex.split(f"curl{line}") for line in re.split(r"^curl", joined, flags=re.M)[1:]]


def send(api: Any, words: list[str]) -> Any:
    """What curl would send, by the test client."""
    values: dict[str, list[str]] = {}
    address = ""
    rest = iter(words[1:])
    for word in rest:
        if word.startswith("-"):
            values.setdefault(word, []).append(next(rest))
        else:
            address = word.removeprefix("$TUTTI")
    headers = dict(line.split(": ", 1) for line in values.get("-H", []))
    if "-u" in values:
        user = values["-u"][0].replace("$CLIENT_ID", api.client_id)
        return api.ask_token(user.replace("$CLIENT_SECRET", api.secret), values["-d"][0], address)
    headers["Authorization"] = headers["Authorization"].replace("$TOKEN", api.token)
    if "-d" in values:
        kind = headers.pop("Content-Type")
        return api.http.post(address, values["-d"][0], content_type=kind, headers=headers)
    return api.http.get(address, headers=headers)


def test_every_curl_line_works_as_written(
    make_api: Callable[..., Any],
    org: SimpleNamespace,
    make_person: Callable[..., Person],
    ask_token: Callable[..., Any],
) -> None:
    make_person(external_id="E00017")
    api = make_api(kinds=("credential_knowledge",))

    def token(user: str, body: str, address: str) -> Any:
        assert (body, address) == ("grant_type=client_credentials", "/api/oauth/token/")
        return ask_token(api.http, *user.split(":"))

    api.ask_token = token
    lines = curl_lines()
    assert len(lines) == 5
    answers = [send(api, words) for words in lines]
    assert [answer.status_code for answer in answers] == [200, 200, 201, 200, 200]
    assert answers[0].json()["access_token"]
    assert "E00017" in {row["external_id"] for row in answers[1].json()["results"]}
    assert answers[4]["content-type"].startswith("text/csv")


def test_the_table_of_scopes_is_complete() -> None:
    assert set(re.findall(r"^\| `(\w+:\w+)` \|", TEXT, re.M)) == set(settings.SCOPES)


@pytest.mark.parametrize("kind", sorted(NEEDS))
def test_the_table_of_kinds_says_what_the_code_asks(kind: str) -> None:
    rows = re.findall(r"^\| (`[a-z_*`, ]+`) \| ?(.*?) ?\| ?(.*?) ?\|$", TEXT, re.M)
    named = {
        name.replace("*", ".*"): (set(re.findall(r"`(\w+)`", needs)), more)
        for names, needs, more in rows
        for name in re.findall(r"`([a-z_*]+)`", names)
    }
    needs, more = next(each for name, each in named.items() if re.fullmatch(name, kind))
    assert needs == NEEDS[kind].required
    optional = NEEDS[kind].allowed - NEEDS[kind].required
    assert optional <= set(re.findall(r"`(\w+)`", more))

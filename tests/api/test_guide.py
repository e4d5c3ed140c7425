"""docs/api.md stays true: its curl lines are sent, and its tables are those of the code."""

import base64
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import Person
from skills.api.evidence_body import EXAMPLE
from skills.api.kinds import NEEDS

GUIDE = Path(__file__).parents[2] / "docs" / "api.md"
TEXT = GUIDE.read_text(encoding="utf-8")


KEPT = re.compile(r"^(\w+)=\$\((curl.*?) \| python3 .*?\[\"(\w+)\"\].*\)$", re.S)
"""A line that keeps a part of the answer: the variable, what curl is given, and which part."""


def commands() -> list[str]:
    """Each command of the page, with what it is continued by."""
    blocks = "".join(re.findall(r"```sh\n(.*?)```", TEXT, re.S)).replace("\\\n", " ")
    return [line.strip() for line in re.split(r"\n(?=\w)", blocks)]


def send(http: Client, command: str) -> Any:
    """What curl would send, by the test client."""
    values: dict[str, list[str]] = {}
    address = ""
    rest = iter(shlex.split(command)[1:])
    for word in rest:
        if word != "-s" and word.startswith("-"):
            values.setdefault(word, []).append(next(rest))
        elif word.startswith("/"):
            address = word
    headers = dict(line.split(": ", 1) for line in values.get("-H", []))
    if "-u" in values:
        user = base64.b64encode(values["-u"][0].encode()).decode()
        form = dict(parse_qsl(values["-d"][0]))
        return http.post(address, form, headers={"Authorization": f"Basic {user}"})
    if "-d" in values:
        kind = headers.pop("Content-Type")
        return http.post(address, values["-d"][0], content_type=kind, headers=headers)
    return http.get(address, headers=headers)


def test_every_curl_line_works_as_written(
    make_api: Callable[..., Any],
    org: SimpleNamespace,
    make_person: Callable[..., Person],
) -> None:
    make_person(external_id="A00042")
    api = make_api(kinds=("credential_knowledge",))
    known = {"TUTTI": "", "CLIENT_ID": api.client_id, "CLIENT_SECRET": api.secret}
    answers = []
    for command in commands():
        kept = KEPT.match(command)
        curl = kept[2] if kept else command
        if not curl.startswith("curl"):  # a line that sets what `known` has
            assert re.match(r"\w+=\S+( \w+=\S+)*$", curl)
            continue
        for name, value in sorted(known.items(), reverse=True):
            curl = curl.replace(f"${name}", value)
        assert "$" not in curl, "a variable is never set"
        answers.append(send(api.http, curl))
        if kept:
            known[kept[1]] = answers[-1].json()[kept[3]]
    statuses = [answer.status_code for answer in answers]
    assert statuses == [200, 200, 200, 201, 200, 200, 200, 200, 200]
    assert "A00042" in {row["external_id"] for row in answers[1].json()["results"]}
    assert answers[4].json()["revoked_on"]
    assert [answer["content-type"].startswith("text/csv") for answer in answers[6:8]] == [True] * 2


def test_the_people_it_names_are_in_the_demo() -> None:
    demo = {f"A{number:05d}" for number in range(1, 200)}
    assert {EXAMPLE["person"], *re.findall(r'"person": "(\w+)"', TEXT)} <= demo


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

"""`create_api_client`: HR's systems as clients of the API."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.exceptions import ApiClientRefused
from accounts.services.clients import (
    Credentials,
    client_rows,
    create_client,
    end_client,
    rotate_secret,
)
from skills.exceptions import UnknownKinds
from skills.services.grants import grant_kinds, granted_kinds

EXAMPLES = """
examples:
  manage.py create_api_client "HR core" --scopes people:read gaps:read
  manage.py create_api_client "Exams" --scopes evidence:write --kinds credential_knowledge,quiz
  manage.py create_api_client --list
  manage.py create_api_client --rotate CLIENT_ID
  manage.py create_api_client --revoke CLIENT_ID
"""


class Command(BaseCommand):
    help = "Make an API client and print its id and secret once; list, rotate or revoke clients."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = EXAMPLES
        parser.add_argument("name", nargs="?", help="a unique name; ledger and logs show it")
        parser.add_argument(
            "--scopes", nargs="+", default=[], help=f"any of: {' '.join(settings.SCOPES)}"
        )
        parser.add_argument(
            "--kinds",
            nargs="+",
            default=[],
            help="kinds of evidence it may record (with evidence:write), e.g. quiz,panel",
        )
        parser.add_argument("--list", action="store_true", help="list the clients")
        parser.add_argument("--rotate", metavar="CLIENT_ID", help="give a client a new secret")
        parser.add_argument("--revoke", metavar="CLIENT_ID", help="end a client and its tokens")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._run(options)
        except (ApiClientRefused, UnknownKinds) as error:
            raise CommandError(str(error)) from error

    def _run(self, options: dict[str, Any]) -> None:
        chosen = [key for key in ("name", "list", "rotate", "revoke") if options[key]]
        if len(chosen) != 1:
            raise CommandError("Give one of: NAME, --list, --rotate CLIENT_ID, --revoke CLIENT_ID.")
        if not options["name"] and (options["scopes"] or options["kinds"]):
            raise CommandError(
                "--scopes and --kinds are given with a NAME only: what a client may do is decided "
                "when it is made."
            )
        if options["list"]:
            self._list()
        elif options["rotate"]:
            self._show(rotate_secret(options["rotate"]))
        elif options["revoke"]:
            self.stdout.write(f"Ended {end_client(options['revoke'])} with all its tokens.")
        else:
            self._create(options["name"], _words(options["scopes"]), _words(options["kinds"]))

    def _create(self, name: str, scopes: list[str], kinds: list[str]) -> None:
        if kinds and "evidence:write" not in scopes:
            raise CommandError("--kinds needs the scope evidence:write.")
        with transaction.atomic():
            made = create_client(name, scopes=scopes)
            grant_kinds(made.application.pk, kinds)
        self._show(made)
        if "evidence:write" in scopes and not kinds:
            self.stdout.write("It may record no kind of evidence: no --kinds were given.")

    def _show(self, made: Credentials) -> None:
        client, secret = made.application.client_id, made.secret
        self.stdout.write(f"Client:  {made.application.name}")
        self.stdout.write(f"id:      {client}")
        self.stdout.write(f"secret:  {secret}")
        self.stdout.write("The secret is shown this once. To get a token (at SITE_URL's address):")
        self.stdout.write(
            f"curl -u '{client}:{secret}' -d grant_type=client_credentials "
            f"{settings.SITE_URL}/api/oauth/token/"
        )

    def _list(self) -> None:
        rows = client_rows()
        kinds = granted_kinds([row.id for row in rows])
        for row in rows:
            made = row.created_at.date().isoformat()
            self.stdout.write(f"{row.client_id}  {row.name}  (made {made})")
            self.stdout.write(f"    scopes: {' '.join(row.scopes)}")
            self.stdout.write(f"    kinds:  {' '.join(kinds[row.id]) or 'none'}")
        if not rows:
            self.stdout.write("There are no API clients.")


def _words(values: list[str]) -> list[str]:
    """Names separated by spaces, commas or both."""
    return [word for value in values for word in value.replace(",", " ").split()]

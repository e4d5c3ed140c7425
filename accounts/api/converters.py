"""What stands in the addresses of the API."""

from django.urls.converters import UUIDConverter


class AnyCaseUuid(UUIDConverter):
    """`any_case_uuid`: a uuid in either case of letters, since some systems write capitals."""

    regex = UUIDConverter.regex.replace("a-f", "a-fA-F")

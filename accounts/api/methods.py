"""What OPTIONS answers."""

from typing import TYPE_CHECKING, Any

from rest_framework.metadata import BaseMetadata

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView


class Methods(BaseMetadata):
    """The methods that an address takes, as the `Allow` header says too; the schema says more."""

    def determine_metadata(self, request: "Request", view: "APIView") -> dict[str, Any]:
        return {"methods": view.allowed_methods}

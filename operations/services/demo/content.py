"""The content of the demo installation: loaded when its files changed."""

import hashlib
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

from operations.services.content import load_content, read_tree
from operations.services.demo.staff import OPENING
from skills.models import Requirement

MARK = "content-loaded"
EARLIER = timedelta(days=OPENING + 15)
"""The first requirements hold from before the demo's history, so that its past can be asked for."""


def load_changed_content() -> list[str]:
    """Load the content folder unless this installation has loaded the very same files before.

    Returns a line a change. Raises ContentInvalid.
    """
    folder = Path(settings.CONTENT_DIR)
    mark = Path(settings.VAR_DIR) / MARK
    is_first = not Requirement.objects.exists()
    digest = f"{connection.settings_dict['NAME']} {_digest(folder)}"
    if not is_first and mark.exists() and mark.read_text() == digest:
        return []
    today = timezone.localdate()
    changes = load_content(folder, on=today - EARLIER if is_first else today)
    mark.write_text(digest)
    return changes


def _digest(folder: Path) -> str:
    """What the files say, whatever the day they were written."""
    total = hashlib.sha256()
    for name, data in read_tree(folder).items():
        total.update(f"{name}\0{len(data)}\0".encode())
        total.update(data)
    return total.hexdigest()

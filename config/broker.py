"""The embedded broker: one file a message, for development and small installations.

kombu's own filesystem transport publishes a message by writing it in place, so that a worker can
read half of it, and loses messages in a burst. Here a message appears by a rename and is claimed
by a rename: both are atomic, so it is seen whole and by one worker only.
"""

import os
import time
import uuid
from collections import deque
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import filesystem
from kombu.utils.json import dumps, loads


class Channel(filesystem.Channel):
    """A channel over a folder of message files, oldest name first."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._listed: dict[str, deque[str]] = {}

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:
        name = f"{time.time_ns():020d}_{uuid.uuid4().hex}"
        draft = Path(self.data_folder_out) / f"{name}.{queue}.part"
        draft.write_bytes(dumps(payload).encode())
        draft.rename(draft.with_suffix(".msg"))

    def _get(self, queue: str) -> Any:
        names = self._listed.setdefault(queue, deque())
        if not names:
            names.extend(sorted(self._names_of(queue)))
        while names:
            name = names.popleft()
            claimed = Path(self.processed_folder) / name
            try:
                (Path(self.data_folder_in) / name).rename(claimed)
            except FileNotFoundError:  # another worker was first
                continue
            payload = loads(claimed.read_text())
            claimed.unlink()
            return payload
        raise Empty

    def _names_of(self, queue: str) -> list[str]:
        with os.scandir(self.data_folder_in) as entries:
            return [e.name for e in entries if e.name.partition(".")[2] == f"{queue}.msg"]


class Transport(filesystem.Transport):
    """kombu transport for `embedded://` broker addresses."""

    Channel = Channel

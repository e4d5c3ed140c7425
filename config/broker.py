"""The embedded broker: one file a message, for development and small installations.

kombu's own filesystem transport writes a message in place, so that a worker can read half of it,
and keeps its bindings in a file it rewrites in place, so that a publisher can find it empty: in a
burst it loses messages. Here a message appears by a rename and is claimed by a rename, both
atomic, and the routing key names the queue, so that there are no bindings to keep.
"""

import json
import os
import time
import uuid
from collections import deque
from pathlib import Path
from queue import Empty
from typing import Any, ClassVar

from kombu.transport import filesystem, virtual


class Channel(filesystem.Channel):
    """A channel over a folder of message files, oldest name first."""

    supports_fanout = False
    get_table = virtual.Channel.get_table
    _delete = virtual.Channel._delete

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[no-untyped-call]
        self._listed: dict[str, deque[str]] = {}

    def _lookup(self, exchange: str, routing_key: str, default: str | None = None) -> list[str]:
        return [routing_key or default or exchange]

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]
        name = f"{time.time_ns():020d}_{uuid.uuid4().hex}"
        draft = Path(self.data_folder_out) / f"{name}.{queue}.part"
        draft.write_bytes(json.dumps(payload).encode())
        draft.rename(draft.with_suffix(".msg"))

    def _get(self, queue: str, timeout: float | None = None) -> Any:
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
            payload = json.loads(claimed.read_text())
            claimed.unlink()
            return payload
        raise Empty

    def _names_of(self, queue: str) -> list[str]:
        with os.scandir(self.data_folder_in) as entries:
            return [e.name for e in entries if e.name.partition(".")[2] == f"{queue}.msg"]


class Transport(filesystem.Transport):
    """kombu transport for `embedded://` broker addresses."""

    Channel = Channel
    default_connection_params: ClassVar[dict[str, Any]] = {}  # no host to be warned of

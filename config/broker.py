"""The embedded broker: one file a message, for development and small installations.

kombu's own filesystem transport writes a message in place, so that a worker can read half of it,
and keeps its bindings in a file it rewrites in place, so that a publisher can find it empty: in a
burst it loses messages. Here a message appears by a rename and is claimed by a rename, both
atomic, and the routing key names the queue, so that there are no bindings to keep.

What goes wrong with the folder is an error of the connection, which publishers and workers meet by
trying again: the job's row brings back what was lost (docs/decisions/0003).
"""

import json
import os
import time
import uuid
from collections import deque
from pathlib import Path
from queue import Empty
from typing import Any, ClassVar

import structlog
from kombu.transport import filesystem, virtual

log = structlog.get_logger(__name__)


class Channel(filesystem.Channel):
    """A channel over a folder of message files, oldest name first."""

    supports_fanout = False
    get_table = virtual.Channel.get_table
    _delete = virtual.Channel._delete

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[no-untyped-call]
        self._listed: dict[str, deque[str]] = {}

    def _lookup(self, exchange: str, routing_key: str, default: str | None = None) -> list[str]:
        kind = self.typeof(exchange)  # type: ignore[no-untyped-call]
        if kind.type != "direct":  # Celery's events, which nobody reads here
            return []
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
            claimed = self._claim(names.popleft())
            if claimed is None:
                continue
            try:
                payload = json.loads(claimed.read_bytes())
            except ValueError:  # cut short by a power failure or a full disk: left where it is
                log.warning("broker_message_unreadable", file=str(claimed))
                continue
            claimed.unlink()
            return payload
        raise Empty

    def _claim(self, name: str) -> Path | None:
        """Where the message lies now that it is ours; None: another worker was first."""
        waiting, claimed = Path(self.data_folder_in) / name, Path(self.processed_folder) / name
        try:
            waiting.rename(claimed)
        except FileNotFoundError:
            if waiting.exists():  # it is the folder of claimed messages that is gone
                raise
            return None
        return claimed

    def _names_of(self, queue: str) -> list[str]:
        with os.scandir(self.data_folder_in) as entries:
            return [e.name for e in entries if e.name.partition(".")[2] == f"{queue}.msg"]


class Transport(filesystem.Transport):
    """kombu transport for `embedded://` broker addresses."""

    Channel = Channel
    default_connection_params: ClassVar[dict[str, Any]] = {}  # no host to be warned of
    connection_errors = (*filesystem.Transport.connection_errors, OSError)  # type: ignore[assignment]

    def establish_connection(self) -> Any:
        """Make the folders where they are missing, so that a worker goes on when they were lost."""
        options: dict[str, Any] = self.client.transport_options  # type: ignore[union-attr]
        for folder in ("data_folder_in", "data_folder_out", "processed_folder"):
            Path(options[folder]).mkdir(parents=True, exist_ok=True)
        return super().establish_connection()  # type: ignore[no-untyped-call]


def remove_old_events(folder: str) -> None:
    """Delete the events that an earlier version of this transport kept for nobody."""
    for event in Path(folder).glob("*.worker.*.msg"):
        event.unlink(missing_ok=True)

"""Copy the front-end files the pages use from node_modules into build/static/vendor.

The source map comments are taken out: the maps are not served, and the manifest storage of
production would look for them.
"""

import re
from pathlib import Path

FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
    "bootstrap/dist/js/bootstrap.bundle.min.js": "bootstrap.bundle.min.js",
}
SOURCE_MAP = re.compile(r"\s*(/\*# sourceMappingURL=.*?\*/|//# sourceMappingURL=\S+)\s*$")


def main(root: Path) -> None:
    """Write each file of FILES below build/static/vendor of the project at `root`."""
    target = root / "build" / "static" / "vendor"
    target.mkdir(parents=True, exist_ok=True)
    for source, name in FILES.items():
        text = (root / "node_modules" / source).read_text(encoding="utf-8")
        (target / name).write_text(SOURCE_MAP.sub("\n", text), encoding="utf-8")


if __name__ == "__main__":
    main(Path(__file__).resolve().parent.parent)

"""What the main pages and services cost, as ratios to a bare piece of work in the same run.

    make bench

builds the demo organisation four times over (960 people) in a database of its own and times each
measured thing in turn with its yardstick, so that a noisy machine disturbs both alike. The medians'
ratio is printed beside the bound the product promises; a ratio above its bound fails the run.
"""

import os
import sys
import tempfile
from pathlib import Path

PEOPLE = 960


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="tutti-bench-") as folder:
        os.environ.setdefault("TUTTI_TEST_DATABASE_URL", f"sqlite:///{Path(folder) / 'bench.db'}")
        os.environ["TUTTI_VAR_DIR"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
        import django

        django.setup()
        from tests.bench.measure import run

        return run(PEOPLE)


if __name__ == "__main__":
    sys.exit(main())

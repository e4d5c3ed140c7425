"""Tests: like development, but fast, in memory, and on another database or broker when told."""

from config.settings.base import *  # noqa: F403
from config.settings.base import database, env

DEBUG = False
SECRET_KEY = "tests-only"
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
SITE_URL = "http://testserver"
ORGANISATION_NAME = "Aldermoor Utilities (demo)"
DATABASES = {"default": database(env.str("TUTTI_TEST_DATABASE_URL", "sqlite://:memory:"))}
DATABASES["default"]["TEST"] = {
    "NAME": f"test_tutti{env.str('TUTTI_TEST_DB_SUFFIX', '')}"
    if DATABASES["default"]["ENGINE"].endswith("postgresql")
    else None
}
if DATABASES["default"]["ENGINE"].endswith("postgresql"):
    # The ledger's triggers refuse TRUNCATE; emptying a test database is the one exception.
    DATABASES["default"]["OPTIONS"]["options"] += " -c tutti.allow_ledger_truncate=on"
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
DEFAULT_FROM_EMAIL = "Tutti <tutti@localhost>"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
CELERY_BROKER_URL = "memory://"
LOGGING_CONFIG = None
WHITENOISE_AUTOREFRESH = True  # no collected files to warn about
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Half of the time that a new database takes goes into these; PostgreSQL runs them.
    MIGRATION_MODULES = dict.fromkeys(("auditlog", "mfa", "oauth2_provider", "socialaccount"))

"""Development: SQLite, the embedded broker, mail kept in a folder and readable on a page."""

from django.core.exceptions import ImproperlyConfigured

from config.settings.base import *  # noqa: F403
from config.settings.base import LOGGING, MIDDLEWARE, VAR_DIR, database, env

PRODUCTION_ONLY = ("SECRET_KEY", "SECRET_KEY_FALLBACKS", "EMAIL_URL", "CACHE_URL")
meant_for_production = [name for name in PRODUCTION_ONLY if env.str(name, "")]
if meant_for_production:
    raise ImproperlyConfigured(
        f"These are the settings of development, which do not read {meant_for_production[0]}. In "
        "production set DJANGO_SETTINGS_MODULE=config.settings.prod (docs/production.md); for "
        f"development unset {', '.join(meant_for_production)}."
    )

DEBUG = True
MIDDLEWARE = [*MIDDLEWARE, "config.middleware.OwnNotFound"]
SECRET_KEY = "development-only-never-in-production"
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", *env.list("ALLOWED_HOSTS", [])]
ORGANISATION_NAME = env.str("ORGANISATION_NAME", "Aldermoor Utilities (demo)")
DATABASES = {"default": database(env.str("DATABASE_URL", f"sqlite:///{VAR_DIR / 'tutti.sqlite3'}"))}
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = VAR_DIR / "mail"
EMAIL_FILE_PATH.mkdir(exist_ok=True)
DEFAULT_FROM_EMAIL = "Tutti <tutti@localhost>"
SITE_URL = env.str("SITE_URL", f"http://127.0.0.1:{env.int('PORT', 8000)}")
LOGGING["handlers"]["console"]["formatter"] = "console"
LOGGING["loggers"] = {"django_structlog": {"level": "WARNING"}}

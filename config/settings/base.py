"""Settings shared by development, tests and production."""

from pathlib import Path
from typing import Any

import dj_database_url
import django_stubs_ext
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.urls import reverse_lazy
from environs import Env

from config import logs

django_stubs_ext.monkeypatch()  # so that ModelAdmin[Person] and the like can be written

env = Env()
BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR_DIR = Path(env.str("TUTTI_VAR_DIR", str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)

DEBUG = False
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
AUTH_USER_MODEL = "accounts.Person"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "en-gb"
TIME_ZONE = env.str("TIME_ZONE", "UTC")
USE_I18N = True
USE_TZ = True
ORGANISATION_NAME = env.str("ORGANISATION_NAME", "Your organisation")

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_linear_migrations",
    "django_cotton",
    "django_htmx",
    "django_structlog",
    "lucide",
    "rules.apps.AutodiscoverRulesConfig",
    "treebeard",
    "auditlog",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.mfa",
    "oauth2_provider",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "accounts",
    "jobs",
    "skills",
    "courses",
    "reports",
    "operations",
]

TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0)
IPWARE_META_PRECEDENCE_ORDER = ("REMOTE_ADDR",)  # the log says the address that ClientAddress found

MIDDLEWARE = [
    "config.middleware.ClientAddress",
    "config.middleware.ReadableCookies",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.health.Health",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "config.readable_text.ReadableText",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.middleware.NotKept",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "config.middleware.WayBack",
    "django_structlog.middlewares.RequestMiddleware",
    "auditlog.middleware.AuditlogMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": ["django_cotton.templatetags.cotton"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]
COTTON_DIR = "components"

AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",  # what auditors read
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
# what auditors read in the administration; `socialaccount` keeps secrets of other systems
AUDITED_APPS = (
    "auditlog", "mfa", "oauth2_provider", "accounts", "jobs", "skills", "courses", "reports",
)  # fmt: skip
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_REDIRECT_URL = "/"
LOGIN_URL = reverse_lazy("account_login")
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "accounts.adapters.InvitationOnlyAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.forms.SignInForm",
    "user_token": "accounts.forms.ResetLinkForm",
    "change_password": "accounts.forms.PasswordChangeForm",
    "reset_password": "accounts.forms.PasswordResetForm",
    "reset_password_from_key": "accounts.forms.PasswordFromLinkForm",
    "reauthenticate": "accounts.forms.StillYouForm",
}
MFA_FORMS = {
    "authenticate": "accounts.forms.SecondStepForm",
    "reauthenticate": "accounts.forms.StillYouByCodeForm",
    "activate_totp": "accounts.forms.SecondStepSetUpForm",
}
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
MFA_ADAPTER = "accounts.adapters.EncryptingMFAAdapter"
INVITATION_DAYS = 14
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static", BASE_DIR / "build" / "static"]
STATIC_ROOT = VAR_DIR / "static"
CONTENT_DIR = BASE_DIR / "content"

X_FRAME_OPTIONS = "DENY"
SECURE_REDIRECT_EXEMPT = [r"^health/?$"]  # load balancers ask without TLS
SECURE_REFERRER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.api.authentication.ClientAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": [
        "accounts.api.permissions.WithinRate",
        "accounts.api.permissions.ClientHasScope",
        "accounts.api.permissions.QueryIsValid",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["accounts.api.parsers.BodyParser"],
    "DEFAULT_SCHEMA_CLASS": "accounts.api.schema.Schema",
    "EXCEPTION_HANDLER": "accounts.api.problems.answer_problem",
    "DEFAULT_THROTTLE_RATES": {"api": env.str("TUTTI_API_RATE", "1200/min"), "token": "30/min"},
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
    "DEFAULT_METADATA_CLASS": "accounts.api.methods.Methods",
}
SCOPES = {
    "people:read": "Read people, positions and reporting lines",
    "skills:read": "Read skills, job roles and competencies",
    "evidence:read": "Read evidence",
    "evidence:write": "Record and revoke evidence",
    "gaps:read": "Read gaps",
}
OAUTH2_PROVIDER_APPLICATION_MODEL = "oauth2_provider.Application"
OAUTH2_PROVIDER = {
    "SCOPES": SCOPES,
    "SCOPES_BACKEND_CLASS": "accounts.api.scopes.GrantedScopes",
    "ACCESS_TOKEN_EXPIRE_SECONDS": 3600,
    "ALLOWED_GRANT_TYPES": ["client-credentials"],
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,  # a copy of the database holds no token to use
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Tutti API",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "PATH_CONVERTER_OVERRIDES": {"any_case_uuid": {"type": "string", "format": "uuid"}},
    "SERVE_PERMISSIONS": ["accounts.api.permissions.WithinRate"],
    "SERVE_AUTHENTICATION": [],
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
}

CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", "embedded://")
CELERY_TASK_ALWAYS_EAGER = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = TIME_ZONE
if CELERY_BROKER_URL == "embedded://":
    BROKER_DIR = VAR_DIR / "broker"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_DIR / "queue"),
        "data_folder_out": str(BROKER_DIR / "queue"),
        "processed_folder": str(BROKER_DIR / "claimed"),
        "polling_interval": 0.2,
    }
    CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
    CELERY_TASK_ACKS_LATE = False  # the job row brings a lost message back, see docs/decisions
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    "resend-stale-jobs": {"task": "jobs.resend_stale", "schedule": 30.0},
    "age-competencies": {
        "task": "skills.start_ageing",
        "schedule": crontab(hour=0, minute=10),
    },
    "clear-expired": {
        "task": "accounts.clear_expired",
        "schedule": crontab(hour=0, minute=20),
    },
    "delete-old-jobs": {"task": "jobs.delete_old", "schedule": crontab(hour=0, minute=25)},
    "follow-job-roles": {
        "task": "courses.follow_job_roles",
        "schedule": crontab(hour=0, minute=5),
    },
}
JOB_STALE_SECONDS = env.int("TUTTI_JOB_STALE_SECONDS", 60)

logs.configure_structlog()
LOGGING = logs.LOGGING

SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
}


# The pool is larger than the threads of a worker, so nobody waits for another to finish. A request
# asks for a connection up to three times before it is answered with an error, so the wait is short;
# but of connections that a restart of PostgreSQL ended, the third is given up after three seconds,
# so not shorter, and idle ones are let go after a minute.
# PostgreSQL's JIT: compiling a wide query of ours took 35 to 280 ms where forced. It starts
# at an estimated cost of 100,000; the demo's costliest query has 333, so there it changes nothing.
# Made-up joins of 2.5 million rows ran as fast or up to a third faster with it; see DATABASE_URL.
POSTGRESQL_OPTIONS: dict[str, Any] = {
    "pool": {"min_size": 1, "max_size": 8, "max_idle": 60, "timeout": 5},
    "options": "-c jit=off",
}


def database(url: str) -> dict[str, Any]:
    """Return Django's settings for a database address, with our options for its engine.

    Options in the address (`?sslmode=verify-full&sslrootcert=...`) stay and go before ours.
    """
    settings: dict[str, Any] = dict(dj_database_url.parse(url))
    ours: dict[str, dict[str, Any]] = {"sqlite3": SQLITE_OPTIONS, "postgresql": POSTGRESQL_OPTIONS}
    engine = settings["ENGINE"].rpartition(".")[2]
    settings["OPTIONS"] = {**ours.get(engine, {}), **settings.get("OPTIONS", {})}
    settings["CONN_HEALTH_CHECKS"] = True  # a connection that the database closed is not used
    return settings


REDIS = ("redis://", "rediss://")


def cache(url: str, *, broker: str = "") -> dict[str, Any]:
    """Return Django's settings for the cache that all processes share.

    `redis://` and `rediss://` name a database of Redis. Without an address it is the broker's, if
    that is one Redis reached without options; else, and for `db://`, the table `tutti_cache`, which
    a migration of `accounts` makes and which costs each request of the API about four queries.
    """
    plain = broker.startswith(REDIS) and not set(broker) & set(";?")
    url = url or (broker if plain else "db://")
    if url.startswith(REDIS):
        backend = "django.core.cache.backends.redis.RedisCache"
        return {"BACKEND": backend, "LOCATION": url, "KEY_PREFIX": "tutti"}
    backend = "django.core.cache.backends.db.DatabaseCache"
    return {"BACKEND": backend, "LOCATION": "tutti_cache", "OPTIONS": {"MAX_ENTRIES": 10_000}}

"""gunicorn's settings: `gunicorn --config python:config.gunicorn config.wsgi`.

What the command line says goes before them.
"""

from config.logs import LOGGING

# An export is streamed for as long as its reader takes: in a thread it holds up nobody, and a
# worker that streams is not taken for one that hangs.
worker_class = "gthread"
threads = 4
timeout = 120
control_socket_disable = True  # it would lie in the home of the service's user, who may have none

# One form for all lines. gunicorn's own access log stays silent, since Tutti logs each request.
logconfig_dict = {
    **LOGGING,
    "loggers": {
        "gunicorn.error": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "gunicorn.access": {"handlers": ["console"], "level": "WARNING", "propagate": False},
    },
}

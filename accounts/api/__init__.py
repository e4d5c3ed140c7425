"""HR's API: what every endpoint shares (set in `REST_FRAMEWORK`), and the people endpoints."""

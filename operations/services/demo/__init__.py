"""The demo organisation: Aldermoor Utilities, invented from a seed (`seed.seed_demo`)."""

from operations.services.demo.cast import DEMO_PASSWORD, ON_STAGE
from operations.services.demo.seed import DemoMade, seed_demo

__all__ = ["DEMO_PASSWORD", "ON_STAGE", "DemoMade", "seed_demo"]

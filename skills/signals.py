"""What skills asks the apps above it, which it does not know."""

from django.dispatch import Signal

work_listed = Signal()
"""A page lists what people lack. Receivers get `people` (ids) and `skills` (slugs), and return a
mapping from (person id, skill slug) to a sentence about what is under way there."""

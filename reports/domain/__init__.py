"""Plain calculations of the reports."""

"""HR's API: gaps, of one person and as a report."""

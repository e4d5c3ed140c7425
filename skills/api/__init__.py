"""HR's API: the framework, people's competencies, and evidence in and out."""

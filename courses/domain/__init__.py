"""The calculations of the courses: reading content files, drawing, scoring, the next step."""

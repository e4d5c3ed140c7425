"""Job roles: the one that binds everybody, and how far a role inherits from others."""

BASELINE = "employee"
"""The job role whose requirements and curriculum are everybody's."""

MOST_INHERITED = 2
"""Steps over which a job role inherits."""

ROLE_CHAIN = tuple(
    "__".join(["job_role", *["inherits"] * steps]) + "_id" for steps in range(MOST_INHERITED + 1)
)
"""From a position to the ids of its job role and of those that it inherits from, as in a query."""

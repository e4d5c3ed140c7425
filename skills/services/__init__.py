"""What people can do: writing the framework and the ledger, and reading what follows from them.

Writing: `policy`, `framework`, `ledger`, `decisions`, `appointments`, `competencies`, `rebuild`.
Reading: `reading`, `requirements`, `gaps`, `matrix`, `explain`, `record`.
"""

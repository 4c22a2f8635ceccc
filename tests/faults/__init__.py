"""The real product as a process of its own: killed, stopped, starved of disk and database, and then looked at."""

import pytest

# Before it is imported, so that its assertions say what they found.
pytest.register_assert_rewrite("tests.faults.looks")

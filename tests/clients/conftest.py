"""Says where the clients live: the first run installs them, which takes minutes and shows nothing meanwhile."""

from tests.clients.environments import shelf_of_environments


def pytest_report_header() -> str:
    """A line at the top of the report."""
    return f"clients: {shelf_of_environments()} (each is installed on first use; all together take about 10 GB)"

"""What holds for every test, the addons' and the repository's: log, processes."""

from tests import log_watch, sharing


def pytest_configure(config) -> None:
    config.pluginmanager.register(log_watch.LogWatch(), "harvest-log-watch")
    config.pluginmanager.register(sharing, "harvest-sharing")

"""What holds for every test, the addons' and the repository's: log, processes."""

import freezegun
from hypothesis import HealthCheck, settings

from tests import log_watch, sharing

# A machine that is busy with something else is no fault of a test.
settings.register_profile(
    "harvest", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("harvest")
# How long a test took is told in real time, also of those that stop the clock.
freezegun.configure(extend_ignore_list=["_pytest.timing"])


def pytest_configure(config) -> None:
    config.pluginmanager.register(log_watch.LogWatch(), "harvest-log-watch")
    config.pluginmanager.register(sharing, "harvest-sharing")

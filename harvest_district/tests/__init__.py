from . import test_cli
from . import test_gr_sync_guard
from . import test_gr_sync_hold
from . import test_gr_sync_refuse
from . import test_gr_sync_run
from . import test_js
from . import test_real_rosters
from . import test_staging

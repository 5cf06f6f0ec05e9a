from . import gr_sync_apply_mixin
from . import gr_sync_connection
from . import gr_sync_run
from . import gr_sync_site
from . import gr_sync_change
from . import gr_sync_problem

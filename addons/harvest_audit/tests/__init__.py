from . import test_access_history
from . import test_event_log
from . import test_gr_audit_event
from . import test_kept
from . import test_role_changes
from . import test_routes
from . import test_subject_keys

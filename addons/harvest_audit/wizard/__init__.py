from . import gr_access_history
from . import gr_access_history_line
from . import gr_audit_status

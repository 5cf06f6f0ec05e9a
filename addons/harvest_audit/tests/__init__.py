from . import test_gr_audit_event

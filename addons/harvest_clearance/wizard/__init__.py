from . import gr_staff_assign
from . import gr_staff_credential_revoke

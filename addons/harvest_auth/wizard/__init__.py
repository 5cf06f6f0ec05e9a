from . import gr_mfa_reset
from . import gr_recovery_show
from . import res_users_apikeys_description

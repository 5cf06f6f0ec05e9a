from . import gr_rls
from . import ir_config_parameter
from . import ir_cron
from . import ir_http
from . import res_users

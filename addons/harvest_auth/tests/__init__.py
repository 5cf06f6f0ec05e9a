from . import test_gr_identity
from . import test_gr_identity_request
from . import test_gr_lockout
from . import test_lockout_race
from . import test_gr_session
from . import test_gr_api_key
from . import test_gr_oidc_provider
from . import test_gr_directory

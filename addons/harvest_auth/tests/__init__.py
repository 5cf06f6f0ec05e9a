from . import test_gr_identity
from . import test_gr_identity_request

from . import test_gr_staff_clearance
from . import test_gr_staff_credential
from . import test_gr_staff_gate
from . import test_gr_staff_import
from . import test_gr_staff_reminder
from . import test_js
from . import test_seed

from . import test_dashboard
from . import test_dashboard_js
from . import test_gr_training_enrollment
from . import test_consistency
from . import test_training_wizards
from . import test_gr_elearning_integration

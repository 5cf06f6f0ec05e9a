from . import test_content
from . import test_gr_courseware_package
from . import test_log_filter
from . import test_scorm12
from . import test_xapi

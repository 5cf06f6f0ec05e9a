from . import test_gr_consent
from . import test_gr_consent_text
from . import test_gr_records_request
from . import test_gr_directory
from . import test_gr_disclosure
from . import test_gr_erasure
from . import test_gr_privacy_incident
from . import test_gr_amendment_request

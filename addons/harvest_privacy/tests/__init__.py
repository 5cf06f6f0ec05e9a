from . import test_gr_consent
from . import test_gr_consent_text

from . import gr_disclosure_record
from . import gr_retention_decide

from . import gr_disclosure_record

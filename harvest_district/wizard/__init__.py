from . import gr_sync_upload
from . import gr_oneroster_secret
from . import gr_sync_setup

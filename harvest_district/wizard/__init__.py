from . import gr_sync_upload

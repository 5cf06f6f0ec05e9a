from . import gr_roster_as_of
from . import gr_sync_undo
from . import gr_sync_undo_site
from . import gr_sync_upload
from . import gr_sync_proposal_export
from . import gr_oneroster_secret
from . import gr_sync_setup

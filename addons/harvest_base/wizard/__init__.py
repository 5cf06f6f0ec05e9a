from . import gr_day_generate
from . import gr_site_change_mixin
from . import gr_site_merge
from . import gr_site_split
from . import gr_grade_move
from . import gr_program_enrollment_sign
from . import gr_access_explain
from . import mail_compose_message

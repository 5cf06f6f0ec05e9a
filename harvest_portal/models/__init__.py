from . import gr_program_enrollment
from . import gr_school_year
from . import gr_site
from . import gr_site_role
from . import gr_student
from . import res_lang

from . import base_partner_merge
from . import gr_assessment_enter
from . import gr_course_session_repeat
from . import gr_document_return
from . import gr_training_decide
from . import gr_training_enroll
from . import gr_training_migration
from . import gr_certificate_revoke

from . import base_partner_merge
from . import gr_training_decide
from . import gr_training_enroll
from . import gr_training_migration

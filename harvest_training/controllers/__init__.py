from . import quiz
from . import learner
from . import training
from . import session
from . import handin
from . import badges
from . import certificate
from . import verification

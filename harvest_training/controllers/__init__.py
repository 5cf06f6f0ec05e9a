from . import quiz
from . import learner
from . import training
from . import session
from . import handin

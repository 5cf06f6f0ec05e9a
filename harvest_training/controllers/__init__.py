from . import quiz

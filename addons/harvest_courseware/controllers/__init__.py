from . import content
from . import player
from . import xapi

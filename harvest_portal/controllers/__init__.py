from . import family
from . import home
from . import language
from . import notices
from . import privacy

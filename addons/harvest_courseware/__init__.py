from . import controllers
from . import models
from . import log_filter

log_filter.install()

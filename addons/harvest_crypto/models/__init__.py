from . import base
from . import gr_seal_key
from . import ir_attachment

from . import records
from . import data_map
from . import disclosures
from . import translation

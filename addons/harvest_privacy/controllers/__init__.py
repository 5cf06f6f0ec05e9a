from . import records
from . import data_map
from . import disclosures

from . import records
from . import disclosures

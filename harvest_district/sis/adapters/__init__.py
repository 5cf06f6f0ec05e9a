"""The district systems that are spoken to, one module each.

A new one: subclass ``Source``, feed a ``RosterBuilder``, and add it here.
"""

from ..source import Source
from .aeries import AeriesSource
from .clever import CleverSource
from .clever_csv import CleverCsv
from .custom import CustomSource
from .files import OneRosterFiles
from .oneroster_rest import OneRosterRest
from .powerschool import PowerSchoolSource
from .sds_csv import SdsCsv

ADAPTERS: dict[str, type[Source]] = {
    source.adapter: source
    for source in (
        AeriesSource,
        CleverCsv,
        CleverSource,
        CustomSource,
        OneRosterFiles,
        OneRosterRest,
        PowerSchoolSource,
        SdsCsv,
    )
}

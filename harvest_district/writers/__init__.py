"""From canonical payloads to records: one writer per kind.

A writer says which model and values a payload means; creating, linking, finding,
archiving and restoring are the same for all (``base.Writer``).
"""

from .base import Staged, Writer
from .calendar import SessionWriter
from .groups import ClassWriter, CourseWriter, MembershipWriter
from .links import MODELS, Links
from .people import (
    AdultWriter,
    DemographicsWriter,
    GuardianshipWriter,
    SiteRoleWriter,
    StudentWriter,
)
from .schools import OrgWriter, SchoolEnrollmentWriter
from .undo import Applied, roll_back

WRITERS = {
    writer.kind: writer
    for writer in (
        OrgWriter,
        SessionWriter,
        StudentWriter,
        AdultWriter,
        SiteRoleWriter,
        DemographicsWriter,
        GuardianshipWriter,
        SchoolEnrollmentWriter,
        CourseWriter,
        ClassWriter,
        MembershipWriter,
    )
}


def get_writer(run, kind, links=None) -> Writer:
    """Return the writer of a kind for a run.

    :param links: what was looked up already, to be shared by many writers
    """
    return WRITERS[kind](run, links or Links(run))

"""Build the published roster of a district, set-based, and write only what changed.

``gr_oneroster_object`` is a projection: what outsiders may know of the district today,
in version-neutral JSON (``provider.catalog`` says how it is written). It can be thrown
away and built again: every sourcedId is derived from the record's own id and a secret
of this database, so it stays for life and comes out the same.

Everything that has ended (an enrollment, a place, a class, a role) is not in the
projection; its row stays behind as a tombstone. Never in it: health, custody, meal and
foster status, passwords, pronouns, adults whom a court bars from the child's record.
"""

from datetime import date

from odoo.tools import SQL

from odoo.addons.harvest_base.const import (
    COURT_LIMITS_ON_RECORDS,
    GRADES,
)

# What a role at a site is to the outside: (OneRoster 1.2, 1.1). Interop 14.4. A
# coordinator leads a program, not a school: consumers give administrators wide rights.
STAFF_ROLES = {
    "principal": ("principal", "administrator"),
    "siteAdministrator": ("siteAdministrator", "administrator"),
    "districtAdministrator": ("districtAdministrator", "administrator"),
    "systemAdministrator": ("systemAdministrator", "administrator"),
    "counselor": ("counselor", "administrator"),
    "teacher": ("teacher", "teacher"),
    "coordinator": ("teacher", "teacher"),
    "instructor": ("teacher", "teacher"),
    "aide": ("aide", "aide"),
    "proctor": ("proctor", "proctor"),
}
# What a role in a class is: (user role 1.2, user role 1.1, enrollment role 1.2, 1.1).
CLASS_ROLES = {
    "student": ("student", "student", "student", "student"),
    "teacher": ("teacher", "teacher", "teacher", "teacher"),
    "aide": ("aide", "aide", "proctor", "aide"),
    "proctor": ("proctor", "proctor", "proctor", "proctor"),
    "administrator": (
        "siteAdministrator",
        "administrator",
        "administrator",
        "administrator",
    ),
}
# Relations as the three words of OneRoster. A foster parent or an agency is a guardian:
# nobody learns from a roster that a child is in foster care.
FAMILY_ROLES = {
    "mother": "parent",
    "father": "parent",
    "parent": "parent",
    "stepparent": "parent",
    "guardian": "guardian",
    "foster_parent": "guardian",
    "caregiver": "guardian",
    "agency": "guardian",
    "grandparent": "relative",
    "sibling": "relative",
    "relative": "relative",
    "other": "relative",
}
PROGRAM_STATES_PUBLISHED = ("open", "running")

# Tables of one publication, in the order in which each needs the ones before it.
_FACTS = (
    (
        "pub_site",
        """
        SELECT id AS site_id, pg_temp.sid('org|site|' || id) AS sid,
               name, code, kind, jsonb_build_array(id::text) AS sites
          FROM gr_site WHERE company_id = %(company)s AND active
        """,
    ),
    (
        "pub_year",
        """
        SELECT id AS year_id, pg_temp.sid('session|year|' || id) AS sid, name, code,
               date_start, date_end
          FROM gr_school_year WHERE company_id = %(company)s AND active
        """,
    ),
    (
        "pub_program",
        """
        SELECT p.id AS program_id, pg_temp.sid('session|program|' || p.id) AS sid,
               pg_temp.sid('course|program|' || p.id) AS course,
               p.name ->> 'en_US' AS name, p.code, p.date_start, p.date_end,
               y.sid AS year,
               COALESCE(y.code, to_char(p.date_end, 'YYYY')) AS year_code,
               to_jsonb((%(grades)s)[array_position(%(grades)s, p.grade_from)
                                     :array_position(%(grades)s, p.grade_to)]) AS grades
          FROM gr_program p
     LEFT JOIN LATERAL (
               SELECT * FROM pub_year
                WHERE year_id = p.school_year_id
                   OR p.date_start BETWEEN pub_year.date_start AND pub_year.date_end
             ORDER BY (year_id = p.school_year_id) DESC NULLS LAST, year_id LIMIT 1
               ) y ON true
         WHERE p.company_id = %(company)s AND p.active AND p.date_end >= %(today)s
           AND p.state = ANY(%(program_states)s)
        """,
    ),
    (
        # A class of the school or a group of a program; and each program at each site.
        "pub_class",
        """
        SELECT 'class|group|' || g.id AS key,
               pg_temp.sid('class|group|' || g.id) AS sid,
               g.id AS group_id, NULL::int AS program_id, s.site_id, s.sid AS school,
               COALESCE(course.id, g.id) AS course_id,
               pg_temp.sid('course|group|' || COALESCE(course.id, g.id)) AS course,
               g.name, g.code, g.location, g.subject,
               CASE g.kind WHEN 'homeroom' THEN 'homeroom' ELSE 'scheduled' END AS type,
               pg_temp.split(g.grades) AS grades, y.sid AS term
          FROM gr_group g
          JOIN pub_site s ON s.site_id = g.site_id
     LEFT JOIN gr_group course ON course.id = g.parent_id AND course.kind = 'course'
          JOIN LATERAL (
               SELECT sid FROM pub_year
             ORDER BY (year_id = g.school_year_id) DESC NULLS LAST,
                      COALESCE(g.date_start, %(today)s)
                          BETWEEN date_start AND date_end DESC,
                      date_start DESC LIMIT 1
               ) y ON true
         WHERE g.company_id = %(company)s AND g.active AND g.kind <> 'course'
           AND (g.date_end IS NULL OR g.date_end >= %(today)s)
         UNION ALL
        SELECT 'class|program|' || p.program_id || '|' || s.site_id,
               pg_temp.sid('class|program|' || p.program_id || '|' || s.site_id),
               NULL, p.program_id, s.site_id, s.sid, NULL, p.course, p.name, p.code,
               s.name, NULL, 'scheduled', p.grades, p.sid
          FROM pub_program p
          JOIN gr_program_gr_site_rel r ON r.gr_program_id = p.program_id
          JOIN pub_site s ON s.site_id = r.gr_site_id
        """,
    ),
    (
        "pub_offer",
        """
        SELECT program_id, jsonb_agg(site_id::text ORDER BY site_id) AS sites
          FROM pub_class WHERE program_id IS NOT NULL GROUP BY program_id
        """,
    ),
    (
        "pub_member",
        """
        SELECT 'enrollment|member|' || m.id AS key, m.student_id, m.partner_id,
               c.sid AS class, c.school, c.site_id, m.role,
               COALESCE(m.primary, false) AS main, m.date_start, m.date_end
          FROM gr_group_member m JOIN pub_class c ON c.group_id = m.group_id
         WHERE m.active AND (m.date_end IS NULL OR m.date_end >= %(today)s)
         UNION ALL
        SELECT 'enrollment|place|' || e.id, e.student_id, NULL, c.sid, c.school,
               c.site_id, 'student', false, e.date_start, e.date_end
          FROM gr_program_enrollment e
          JOIN pub_class c ON c.program_id = e.program_id AND c.site_id = e.site_id
         WHERE e.active AND e.state = 'enrolled'
           AND (e.date_end IS NULL OR e.date_end >= %(today)s)
        """,
    ),
    (
        # Where a child is to be seen: its schools, then wherever else it takes part.
        "pub_attend",
        """
        SELECT DISTINCT ON (a.student_id, a.site_id) a.*, s.sid AS school
          FROM (SELECT student_id, site_id, grade, date_start, date_end,
                       (CASE WHEN "primary" THEN 0 ELSE 2 END)
                       + (date_start > %(today)s)::int AS rank
                  FROM gr_student_enrollment
                 WHERE company_id = %(company)s AND active AND superseded_at IS NULL
                   AND (date_end IS NULL OR date_end >= %(today)s)
                 UNION ALL
                SELECT student_id, site_id, NULL, NULL, NULL, 4
                  FROM pub_member WHERE student_id IS NOT NULL) a
          JOIN gr_student p ON p.id = a.student_id AND p.company_id = %(company)s
                           AND p.active AND p.learner_type = 'pupil'
          JOIN pub_site s ON s.site_id = a.site_id
         ORDER BY a.student_id, a.site_id, a.rank, a.date_start
        """,
    ),
    (
        "pub_student",
        """
        SELECT student_id, pg_temp.sid('user|student|' || student_id) AS sid,
               jsonb_agg(site_id::text ORDER BY site_id) AS sites,
               (array_agg(grade ORDER BY rank, date_start, site_id))[1] AS grade,
               (array_agg(school ORDER BY rank, date_start, site_id))[1] AS school,
               (array_agg(site_id ORDER BY rank, date_start, site_id))[1] AS site_id,
               jsonb_agg(jsonb_build_object(
                   'role', 'student', 'legacy', 'student', 'roleType', 'primary',
                   'org', school, 'sites', jsonb_build_array(site_id::text),
                   'beginDate', date_start, 'endDate', date_end
               ) ORDER BY rank, date_start, site_id) AS roles
          FROM pub_attend GROUP BY student_id
        """,
    ),
    (
        "pub_family",
        """
        SELECT g.student_id, g.partner_id, map.role, g.priority
          FROM gr_guardianship g
          JOIN pub_student s ON s.student_id = g.student_id
          JOIN res_partner p ON p.id = g.partner_id AND p.active
                            AND p.gr_is_student IS NOT TRUE
          JOIN unnest(%(relations)s, %(family_roles)s) AS map (relation, role)
            ON map.relation = g.relation
         WHERE g.active AND (g.date_start IS NULL OR g.date_start <= %(today)s)
           AND (g.date_end IS NULL OR g.date_end >= %(today)s)
           AND (g.court_limit <> ALL(%(court_limits)s) OR g.court_date_end < %(today)s)
        """,
    ),
    (
        # rank: the job comes before the class, and both before the family.
        "pub_role",
        """
        SELECT DISTINCT ON (r.partner_id, r.site_id, r.role) r.*
          FROM (SELECT t.partner_id, t.site_id, map.role, map.legacy, t.date_start,
                       t.date_end, (CASE WHEN t.primary THEN 0 ELSE 1 END) AS rank
                  FROM gr_site_role t
                  JOIN unnest(%(staff)s, %(staff_roles)s, %(staff_legacy)s)
                    AS map (ours, role, legacy) ON map.ours = t.role
                 WHERE t.company_id = %(company)s AND t.active
                   AND (t.date_end IS NULL OR t.date_end >= %(today)s)
                 UNION ALL
                SELECT m.partner_id, m.site_id, map.role, map.legacy, NULL, NULL, 2
                  FROM pub_member m
                  JOIN unnest(%(members)s, %(member_roles)s, %(member_legacy)s)
                    AS map (ours, role, legacy) ON map.ours = m.role
                 WHERE m.partner_id IS NOT NULL
                 UNION ALL
                SELECT f.partner_id, a.site_id, f.role, f.role, NULL, NULL, 3
                  FROM pub_family f JOIN pub_attend a ON a.student_id = f.student_id) r
          JOIN res_partner p ON p.id = r.partner_id AND p.active
                            AND p.gr_is_student IS NOT TRUE
     LEFT JOIN pub_site s ON s.site_id = r.site_id
         WHERE r.site_id IS NULL OR s.site_id IS NOT NULL
         ORDER BY r.partner_id, r.site_id, r.role, r.rank, r.date_start
        """,
    ),
    (
        "pub_adult",
        """
        SELECT partner_id,
               pg_temp.sid('user|adult|' || %(company)s || '|' || partner_id) AS sid,
               CASE WHEN bool_or(site_id IS NULL) THEN NULL
                    ELSE jsonb_agg(DISTINCT site_id::text) END AS sites,
               bool_or(rank = 3) AS is_family,
               jsonb_agg(jsonb_build_object(
                   'role', role, 'legacy', legacy,
                   'roleType', CASE WHEN place = 1 THEN 'primary' ELSE 'secondary' END,
                   'org', org, 'sites', sites,
                   'beginDate', date_start, 'endDate', date_end
               ) ORDER BY rank, place, site_id NULLS FIRST, role) AS roles
          FROM (SELECT r.*, s.sites,
                       COALESCE(s.sid, pg_temp.sid('org|company|' || %(company)s))
                           AS org,
                       row_number() OVER (PARTITION BY r.partner_id, r.site_id
                                          ORDER BY r.rank, r.role) AS place
                  FROM pub_role r LEFT JOIN pub_site s ON s.site_id = r.site_id) r
         GROUP BY partner_id
        """,
    ),
    (
        "pub_agent",
        """
        SELECT f.student_id, f.partner_id, a.sid AS adult, a.sites AS adult_sites,
               s.sid AS child, s.sites AS child_sites, f.priority
          FROM pub_family f
          JOIN pub_adult a ON a.partner_id = f.partner_id
          JOIN pub_student s ON s.student_id = f.student_id
        """,
    ),
    (
        "pub_ref",
        """
        SELECT model, res_id, jsonb_agg(jsonb_build_object(
                   'type', 'sisSourcedId', 'identifier', external_id)
                   ORDER BY source, tenant, external_id) AS ids
          FROM gr_external_ref
         WHERE company_id = %(company)s AND active
           AND (model = 'gr.student' AND kind = 'student'
                OR model = 'res.partner' AND kind = 'adult')
         GROUP BY model, res_id
        """,
    ),
)

# (kind, SELECT key, sourced id, type, sites, payload)
_OBJECTS = (
    (
        "org",
        """
        SELECT 'org|company|' || c.id, pg_temp.sid('org|company|' || c.id),
               'district', NULL::jsonb, jsonb_build_object(
                   'name', c.name, 'type', 'district',
                   'identifier', COALESCE(c.gr_cds_code, c.gr_nces_code,
                                          pg_temp.sid('org|company|' || c.id)),
                   'children', (SELECT jsonb_agg(
                                        jsonb_build_object('id', sid, 'sites', sites)
                                        ORDER BY site_id) FROM pub_site))
          FROM res_company c WHERE c.id = %(company)s
         UNION ALL
        SELECT 'org|site|' || site_id, sid, kind_out, sites, jsonb_build_object(
                   'name', name, 'type', kind_out, 'identifier', COALESCE(code, sid),
                   'parent', jsonb_build_object(
                       'id', pg_temp.sid('org|company|' || %(company)s)))
          FROM (SELECT *, CASE kind WHEN 'office' THEN 'department' ELSE 'school' END
                          AS kind_out FROM pub_site) s
        """,
    ),
    (
        "academicSession",
        """
        SELECT 'session|year|' || y.year_id, y.sid, 'schoolYear', NULL::jsonb,
               jsonb_build_object(
                   'title', y.name, 'type', 'schoolYear', 'schoolYear', y.code,
                   'startDate', y.date_start, 'endDate', y.date_end,
                   'children', (SELECT jsonb_agg(jsonb_build_object(
                                           'id', p.sid, 'sites', c.sites)
                                           ORDER BY p.program_id)
                                  FROM pub_program p
                                  JOIN pub_offer c ON c.program_id = p.program_id
                                 WHERE p.year = y.sid))
          FROM pub_year y
         UNION ALL
        SELECT 'session|program|' || p.program_id, p.sid, 'term', c.sites,
               jsonb_build_object(
                   'title', p.name, 'type', 'term', 'schoolYear', p.year_code,
                   'startDate', p.date_start, 'endDate', p.date_end,
                   'parent', CASE WHEN p.year IS NOT NULL
                                  THEN jsonb_build_object('id', p.year) END)
          FROM pub_program p
          JOIN pub_offer c ON c.program_id = p.program_id
        """,
    ),
    (
        "course",
        """
        SELECT 'course|program|' || p.program_id, p.course, '', c.sites,
               jsonb_build_object(
                   'title', p.name, 'courseCode', p.code, 'grades', p.grades,
                   'schoolYear', CASE WHEN p.year IS NOT NULL
                                      THEN jsonb_build_object('id', p.year) END,
                   'org', jsonb_build_object(
                       'id', pg_temp.sid('org|company|' || %(company)s)))
          FROM pub_program p
          JOIN pub_offer c ON c.program_id = p.program_id
         UNION ALL
        SELECT 'course|group|' || g.id, c.course, '', c.sites, jsonb_build_object(
                   'title', g.name, 'courseCode', g.code,
                   'grades', pg_temp.split(g.grades),
                   'subjects', pg_temp.split(g.subject),
                   'schoolYear', CASE WHEN y.sid IS NOT NULL
                                      THEN jsonb_build_object('id', y.sid) END,
                   'org', CASE WHEN s.sid IS NULL THEN jsonb_build_object(
                                   'id', pg_temp.sid('org|company|' || %(company)s))
                               ELSE jsonb_build_object(
                                   'id', s.sid, 'sites', s.sites) END)
          FROM (SELECT course_id, course, jsonb_agg(DISTINCT site_id::text) AS sites
                  FROM pub_class WHERE course_id IS NOT NULL
              GROUP BY course_id, course) c
          JOIN gr_group g ON g.id = c.course_id
     LEFT JOIN pub_site s ON s.site_id = g.site_id
     LEFT JOIN pub_year y ON y.year_id = g.school_year_id
        """,
    ),
    (
        "class",
        """
        SELECT key, sid, type, jsonb_build_array(site_id::text), jsonb_build_object(
                   'title', name, 'classCode', code, 'classType', type,
                   'location', location, 'grades', grades,
                   'subjects', pg_temp.split(subject),
                   'course', jsonb_build_object('id', course),
                   'school', jsonb_build_object('id', school),
                   'terms', jsonb_build_array(jsonb_build_object('id', term)))
          FROM pub_class
        """,
    ),
    (
        "user",
        """
        SELECT 'user|student|' || s.id, p.sid, 'student', p.sites, jsonb_build_object(
                   'enabledUser', 'true', 'handle', p.sid,
                   'givenName', COALESCE(s.first_name, ''),
                   'familyName', COALESCE(s.last_name, ''),
                   'middleName', s.middle_name, 'preferredFirstName', s.preferred_name,
                   'identifier', s.local_id,
                   'grades', CASE WHEN COALESCE(p.grade, s.grade) IS NOT NULL
                        THEN jsonb_build_array(COALESCE(p.grade, s.grade)) END,
                   'primaryOrg', jsonb_build_object(
                       'id', p.school, 'sites', jsonb_build_array(p.site_id::text)),
                   'roles', p.roles, 'agents', COALESCE(a.agents, '[]'),
                   'userIds', COALESCE(r.ids, '[]')
                       || CASE WHEN s.ssid IS NULL THEN '[]'
                               ELSE jsonb_build_array(jsonb_build_object(
                                   'type', 'stateID',
                                   'identifier', s.ssid, 'grant', 'state_id')) END)
          FROM pub_student p
          JOIN gr_student s ON s.id = p.student_id
     LEFT JOIN (SELECT student_id, jsonb_agg(jsonb_build_object(
                           'id', adult, 'sites', adult_sites)
                           ORDER BY priority, partner_id) AS agents
                  FROM pub_agent GROUP BY student_id) a ON a.student_id = p.student_id
     LEFT JOIN pub_ref r ON r.model = 'gr.student' AND r.res_id = p.student_id
         UNION ALL
        SELECT 'user|adult|' || %(company)s || '|' || p.id, u.sid, 'adult', u.sites,
               jsonb_build_object(
                   'enabledUser', 'true',
                   'handle',
                       COALESCE(CASE WHEN NOT u.is_family THEN p.email END, u.sid),
                   'givenName', split_part(p.name, ' ', 1),
                   'familyName', ltrim(substr(p.name, strpos(p.name || ' ', ' '))),
                   'identifier', p.ref,
                   'email', CASE WHEN NOT u.is_family THEN p.email END,
                   'contact', jsonb_build_object('email', p.email, 'phone', p.phone),
                   'primaryOrg', jsonb_build_object('id', u.roles #> '{0,org}',
                                                    'sites', u.roles #> '{0,sites}'),
                   'roles', u.roles, 'agents', COALESCE(a.agents, '[]'),
                   'userIds', COALESCE(r.ids, '[]'))
          FROM pub_adult u
          JOIN res_partner p ON p.id = u.partner_id
     LEFT JOIN (SELECT partner_id, jsonb_agg(jsonb_build_object(
                           'id', child, 'sites', child_sites)
                           ORDER BY student_id) AS agents
                  FROM pub_agent GROUP BY partner_id) a ON a.partner_id = u.partner_id
     LEFT JOIN pub_ref r ON r.model = 'res.partner' AND r.res_id = u.partner_id
        """,
    ),
    (
        "enrollment",
        """
        SELECT m.key, pg_temp.sid(m.key), map.role,
               jsonb_build_array(m.site_id::text), jsonb_build_object(
                   'user', jsonb_build_object('id', COALESCE(s.sid, a.sid)),
                   'class', jsonb_build_object('id', m.class),
                   'school', jsonb_build_object('id', m.school),
                   'role', map.role, 'legacyRole', map.legacy, 'primary', m.main::text,
                   'beginDate', m.date_start, 'endDate', m.date_end)
          FROM pub_member m
          JOIN unnest(%(members)s, %(enrollment_roles)s, %(enrollment_legacy)s)
            AS map (ours, role, legacy) ON map.ours = m.role
     LEFT JOIN pub_student s ON s.student_id = m.student_id
     LEFT JOIN pub_adult a ON a.partner_id = m.partner_id
         WHERE COALESCE(s.sid, a.sid) IS NOT NULL
        """,
    ),
    (
        "demographics",
        """
        SELECT 'demographics|' || s.id, p.sid, '', p.sites, jsonb_build_object(
                   'birthDate', s.birthdate, 'sex', s.gender,
                   'legacySex',
                       CASE WHEN s.gender IN ('male', 'female') THEN s.gender END,
                   'hispanicOrLatinoEthnicity', d.hispanic::text,
                   'americanIndianOrAlaskaNative', d.american_indian::text,
                   'asian', d.asian::text, 'blackOrAfricanAmerican', d.black::text,
                   'nativeHawaiianOrOtherPacificIslander', d.pacific_islander::text,
                   'white', d.white::text,
                   'demographicRaceTwoOrMoreRaces', d.two_or_more::text)
          FROM pub_student p
          JOIN gr_student s ON s.id = p.student_id
     LEFT JOIN gr_student_demographics d ON d.student_id = s.id
         WHERE s.birthdate IS NOT NULL OR s.gender IS NOT NULL OR d.id IS NOT NULL
        """,
    ),
)


def publish(cr, company_id: int, today: date, namespace: str) -> dict[str, int]:
    """Bring the published roster of a district up to date.

    :param today: what is over before this day is not published
    :param namespace: the secret that sourcedIds are derived with; it must never change
    :return: how many rows are ``new``, ``changed``, ``gone``; the moment they are dated
    """
    _make_functions(cr, namespace)
    params = _params(company_id, today)
    for table, select in _FACTS:
        _make_table(cr, table, SQL(select, **_used(select, params)))
    _make_stage(cr)
    for kind, select in _OBJECTS:
        cr.execute(
            SQL(
                "INSERT INTO pub_stage (kind, key, sourced_id, type, sites, payload)"
                " SELECT %s, key, sourced_id, type, sites, jsonb_strip_nulls(payload)"
                " FROM (%s) o (key, sourced_id, type, sites, payload)",
                kind,
                SQL(select, **_used(select, params)),
            )
        )
    cr.execute("ANALYZE pub_stage")
    counts = _write(cr, company_id)
    for table in (*(name for name, _select in _FACTS), "pub_stage"):
        cr.execute(SQL("DROP TABLE pg_temp.%s", SQL.identifier(table)))
    return counts


def _used(select: str, params: dict) -> dict:
    """SQL() wants exactly the parameters that a text names."""
    return {name: value for name, value in params.items() if f"%({name})s" in select}


def _params(company_id: int, today: date) -> dict:
    staff, members = list(STAFF_ROLES), list(CLASS_ROLES)
    class_roles = [list(column) for column in zip(*CLASS_ROLES.values(), strict=True)]
    return {
        "company": company_id,
        "today": today,
        "grades": [code for code, _label in GRADES],
        "program_states": list(PROGRAM_STATES_PUBLISHED),
        "relations": list(FAMILY_ROLES),
        "family_roles": list(FAMILY_ROLES.values()),
        "court_limits": list(COURT_LIMITS_ON_RECORDS),
        "staff": staff,
        "staff_roles": [STAFF_ROLES[role][0] for role in staff],
        "staff_legacy": [STAFF_ROLES[role][1] for role in staff],
        "members": members,
        "member_roles": class_roles[0],
        "member_legacy": class_roles[1],
        "enrollment_roles": class_roles[2],
        "enrollment_legacy": class_roles[3],
    }


def _make_functions(cr, namespace: str) -> None:
    """Two helpers of this connection: a sourcedId of a key; a list of a comma list."""
    cr.execute(
        SQL(
            "CREATE OR REPLACE FUNCTION pg_temp.sid(key text) RETURNS text"
            " LANGUAGE sql IMMUTABLE AS %s",
            cr.mogrify(
                "SELECT left(encode(sha256(convert_to(%s || key, 'UTF8')), 'hex'), 32)"
                "::uuid::text",
                [namespace],
            ).decode(),
        )
    )
    cr.execute(
        "CREATE OR REPLACE FUNCTION pg_temp.split(list text) RETURNS jsonb"
        " LANGUAGE sql IMMUTABLE AS $$"
        " SELECT CASE WHEN list <> '' THEN"
        " to_jsonb(regexp_split_to_array(trim(list), '\\s*,\\s*')) END $$"
    )


def _make_table(cr, table: str, select: SQL) -> None:
    cr.execute(
        SQL("CREATE TEMP TABLE %s ON COMMIT DROP AS %s", SQL.identifier(table), select)
    )
    cr.execute(SQL("ANALYZE pg_temp.%s", SQL.identifier(table)))


def _make_stage(cr) -> None:
    cr.execute(
        "CREATE TEMP TABLE pub_stage (kind text, key text, sourced_id text, type text,"
        " sites jsonb, payload jsonb) ON COMMIT DROP"
    )


def _write(cr, company_id: int) -> dict[str, int]:
    """Make the table equal to the stage; what differs gets one common moment."""
    # The moment is taken last, so that little time passes until others see the rows.
    cr.execute(
        "SELECT date_trunc('milliseconds', clock_timestamp() AT TIME ZONE 'UTC')"
    )
    [(now,)] = cr.fetchall()
    steps = {"left": _LEFT, "changed": _CHANGED, "new": _NEW, "gone": _GONE}
    counts = {}
    for name, step in steps.items():
        cr.execute(SQL(step, **_used(step, {"company": company_id, "now": now})))
        counts[name] = cr.rowcount
    return counts


# A site that does not see an object any more keeps a tombstone of what it saw last.
_LEFT = """
    INSERT INTO gr_oneroster_object (
           company_id, kind, key, sourced_id, type, sites, payload, status,
           date_last_modified, date_published, departed)
    SELECT o.company_id, o.kind, o.key || '|left|' || site, o.sourced_id, o.type,
           jsonb_build_array(site), o.payload, 'tobedeleted', %(now)s,
           o.date_published, true
      FROM gr_oneroster_object o
      JOIN pub_stage s ON s.key = o.key
CROSS JOIN LATERAL jsonb_array_elements_text(COALESCE(o.sites, (
               SELECT jsonb_agg(id::text) FROM gr_site WHERE company_id = %(company)s
           ))) AS site
     WHERE o.company_id = %(company)s AND NOT o.departed
       AND s.sites IS NOT NULL AND s.sites IS DISTINCT FROM o.sites
       AND NOT s.sites ? site
ON CONFLICT (company_id, key) DO UPDATE
       SET payload = EXCLUDED.payload,
           date_last_modified = EXCLUDED.date_last_modified
"""
_CHANGED = """
    UPDATE gr_oneroster_object o
       SET payload = s.payload, sites = s.sites, type = s.type, status = 'active',
           date_last_modified = %(now)s
      FROM pub_stage s
     WHERE o.company_id = %(company)s AND o.key = s.key
       AND (o.status <> 'active' OR o.payload <> s.payload OR o.type <> s.type
            OR o.sites IS DISTINCT FROM s.sites)
"""
_NEW = """
    INSERT INTO gr_oneroster_object (
           company_id, kind, key, sourced_id, type, sites, payload, status,
           date_last_modified, date_published, departed)
    SELECT %(company)s, s.kind, s.key, s.sourced_id, s.type, s.sites, s.payload,
           'active', %(now)s, %(now)s, false
      FROM pub_stage s
     WHERE NOT EXISTS (SELECT FROM gr_oneroster_object o
                        WHERE o.company_id = %(company)s AND o.key = s.key)
  ORDER BY s.kind, s.sourced_id
"""
_GONE = """
    UPDATE gr_oneroster_object o
       SET status = 'tobedeleted', date_last_modified = %(now)s
     WHERE o.company_id = %(company)s AND o.status = 'active'
       AND NOT EXISTS (SELECT FROM pub_stage s WHERE s.key = o.key)
"""

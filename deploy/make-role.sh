#!/bin/sh
# Run once by the PostgreSQL image, on an empty data volume: the role that Odoo uses may
# create its database and is no superuser, and the one that the event log belongs to.
set -eu
psql -v ON_ERROR_STOP=1 -v password="$HARVEST_DB_PASSWORD" -U postgres -d postgres <<'SQL'
CREATE ROLE harvest LOGIN CREATEDB NOSUPERUSER PASSWORD :'password';
CREATE ROLE harvest_audit_owner NOLOGIN NOSUPERUSER;
ALTER ROLE harvest SET idle_in_transaction_session_timeout = '5min';
SQL

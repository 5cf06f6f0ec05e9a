"""What the environment promises: pins that fit, wheels that import, roles that hold."""

from __future__ import annotations

import importlib
import io
import os
import re
import stat
import subprocess
import sys

import psycopg2
import pytest

PIN = re.compile(r"^[A-Za-z0-9][\w.-]*==[\w.]+( ; .+)?$")


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned_exactly(repo, name):
    lines = (repo / name).read_text("utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]

    assert pins
    assert [pin for pin in pins if not PIN.match(pin)] == []


def test_pinned_packages_fit_together():
    argv = [sys.executable, "-m", "pip", "check", "--disable-pip-version-check"]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    "name",
    [
        "lxml.etree",
        "xmlsec",
        "onelogin.saml2.auth",
        "psycopg2",
        "requests",
        "weasyprint",
        "odoo.addons.queue_job",
    ],
)
def test_pinned_wheel_imports(name):
    assert importlib.import_module(name)


def test_pdf_comes_out_tagged():
    import pypdf
    import weasyprint

    html = weasyprint.HTML(string="<html lang=en><title>T</title><h1>Hi</h1></html>")
    pdf = html.write_pdf(pdf_variant="pdf/ua-1")

    catalog = pypdf.PdfReader(io.BytesIO(pdf)).trailer["/Root"]
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/StructTreeRoot"]["/K"]
    assert catalog["/Lang"] == "en"


def test_servers_do_not_run_as_root():
    assert os.geteuid() != 0


def test_database_role_is_no_superuser():
    connection = psycopg2.connect(dbname="postgres")
    try:
        with connection.cursor() as cr:
            cr.execute(
                "SELECT rolsuper, rolcreatedb, rolcreaterole, rolreplication "
                "FROM pg_roles WHERE rolname = current_user"
            )
            assert cr.fetchone() == (False, True, False, False)
    finally:
        connection.close()


def test_configuration_is_readable_by_the_account_alone():
    path = os.environ["HARVEST_ODOO_CONF"]

    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600


def test_template_holds_our_addons_and_no_demo_data(odoo_env, addons):
    modules = odoo_env["ir.module.module"].search([("state", "=", "installed")])

    assert {addon.name for addon in addons} <= set(modules.mapped("name"))
    assert not modules.filtered("demo")

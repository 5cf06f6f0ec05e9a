"""The two versions, and where their services are (interop 1.1)."""

V11 = "v1p1"
V12 = "v1p2"
VERSIONS = (V11, V12)

ROOT = "/ims/oneroster"
BASES = {V11: f"{ROOT}/v1p1", V12: f"{ROOT}/rostering/v1p2"}
TOKEN_PATH = f"{ROOT}/oauth2/token"
DISCOVERY_PATH = (
    f"{BASES[V12]}/discovery/onerosterv1p2rostersservice_openapi3_v1p0.json"
)

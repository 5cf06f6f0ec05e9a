"""Routes without a user (``auth`` public or none) that answer for every district.

Each finds its district by a secret or a signed name in the request, which only the
database can resolve; who happens to be signed in is asked the same way. All other
routes without a user see the website's district alone. Prefix of the path -> why.
"""

OPEN_ROUTES = {
    "/auth/leave": "The end of the session of whoever it was",
    "/auth/oidc": "The provider in the address names the district",
    "/auth/saml": "The provider in the address names the district",
    "/harvest/badges": "A badge is looked up by its public number",
    "/harvest/courseware": "A launch is found by its secret token",
    "/harvest/webhook": "The key in the address names the district's source",
    "/harvest/xapi": "A launch's credentials name the learner",
    "/ims/oneroster": "The client's key or token names the district",
    "/jsonrpc": "Before the sign-in nobody knows the district",
    "/records": "A request is found by its secret token; keys are public",
    "/verify": "A certificate is verified by its code, whoever issued it",
    "/web/login": "Before the sign-in nobody knows the district",
    "/web/session/authenticate": "Before the sign-in nobody knows the district",
    "/xmlrpc": "Before the sign-in nobody knows the district",
}
RUN_JOB = "/queue_job/runjob"

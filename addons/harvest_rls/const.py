"""Routes that nobody signed in to, and that answer for whichever district is asked.

Each finds its district by a secret or a signed name in the request, which only the
database can resolve; all other routes without a user see the website's district alone.
Prefix of the path -> why.
"""

OPEN_ROUTES = {
    "/harvest/badges": "A badge is looked up by its public number",
    "/harvest/courseware": "A launch is found by its secret token",
    "/harvest/identity": "The provider in the address names the district",
    "/harvest/webhook": "The key in the address names the district's source",
    "/harvest/xapi": "A launch's credentials name the learner",
    "/ims/oneroster": "The client's key or token names the district",
    "/records": "A request is found by its secret token; keys are public",
    "/verify": "A certificate is verified by its code, whoever issued it",
    "/web/login": "Before the sign-in nobody knows the district",
    "/web/session/authenticate": "Before the sign-in nobody knows the district",
}
RUN_JOB = "/queue_job/runjob"

class IdentityRefused(Exception):
    """A sign-in that is not accepted.

    The person reads one neutral sentence. The code and the detail are for the log and
    for an administrator who tests the provider; neither holds a name or a secret.

    :param code: short and stable: ``audience_wrong``, ``no_role``, …
    :param detail: what was found, for who has to mend it
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail

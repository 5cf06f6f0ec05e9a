from odoo import api, models


class GrDirectoryWordsMixin(models.AbstractModel):
    """What an administrator reads of a test: what was asked, and what to do."""

    _name = "gr.directory.words.mixin"
    _description = "Directory: What Is Said"
    _inherit = "gr.identity.report.mixin"

    @api.model
    def _get_check_texts(self):
        return super()._get_check_texts() | {
            "directory_server": self.env._(
                "The server answers, and its certificate is right:"
            ),
            "directory_account": self.env._("The login is this account:"),
            "directory_groups": self.env._("Its groups, nested ones too:"),
            "directory_count": self.env._("Accounts that are active:"),
            "directory_unreachable": self.env._(
                "The server does not answer. Check its name, the port and the firewall."
            ),
            "directory_tls": self.env._(
                "The server's certificate is not believed. Check the authority's"
                " certificate, and that the server is named as in its certificate."
            ),
            "directory_bind": self.env._(
                "The service account is refused. Check its name and enter its password"
                " again."
            ),
            "directory_no_account": self.env._(
                "There is no such account below “People Below”, or the service account"
                " may not see it."
            ),
            "directory_ambiguous": self.env._(
                "Several accounts have this login. Make the filter stricter."
            ),
            "directory_subject": self.env._(
                "The account has no key. Check “Attribute with the Key”."
            ),
        }

from odoo import api, models


class GrOidcWordsMixin(models.AbstractModel):
    """What an administrator reads of a test: what was checked, and what to do."""

    _name = "gr.oidc.words.mixin"
    _description = "OpenID Connect: What Is Said"
    _inherit = "gr.identity.report.mixin"

    @api.model
    def _get_check_texts(self):
        return super()._get_check_texts() | {
            "discovery": self.env._("Their description was read."),
            "answer": self.env._("The answer is from them."),
            "code": self.env._(
                "The code was exchanged, with the proof of this sign-in."
            ),
            "id_token": self.env._(
                "The ID token is signed, for us, fresh and for this sign-in."
            ),
            "issuer_wrong": self.env._(
                "The issuer is another one than entered. Copy it letter by letter."
            ),
            "issuer_missing": self.env._("The answer does not say whom it is from."),
            "endpoint_unsafe": self.env._(
                "An address of theirs is not https, or leads inside."
            ),
            "pkce_missing": self.env._(
                "They do not know PKCE with S256, which is needed."
            ),
            "flow_missing": self.env._("They do not know the authorization code flow."),
            "provider_unreachable": self.env._(
                "They do not answer. Check the issuer, and whether this server may"
                " reach the internet."
            ),
            "provider_error": self.env._(
                "They refused. Check that our redirect address is entered there letter"
                " by letter, and that you may use the application."
            ),
            "client_refused": self.env._(
                "Client ID or secret are wrong. Enter them again."
            ),
            "code_refused": self.env._(
                "They did not take the code back. Compare the redirect address."
            ),
            "token_missing": self.env._(
                "They sent no ID token. Is “openid” in the scope?"
            ),
            "alg_refused": self.env._(
                "They sign with a method that is not safe enough."
            ),
            "key_unknown": self.env._("Their key for this signature is not published."),
            "key_weak": self.env._("Their key is shorter than 2048 bits."),
            "signature_wrong": self.env._("The signature is wrong."),
            "audience_wrong": self.env._("The ID token is not for our client ID."),
            "token_expired": self.env._(
                "The ID token is too old. Are the clocks right?"
            ),
            "token_from_future": self.env._(
                "The ID token is from later. Are the clocks right?"
            ),
            "nonce_wrong": self.env._("The ID token belongs to another sign-in."),
            "tenant_wrong": self.env._(
                "The account is of another district. The claim:"
            ),
            "subject_missing": self.env._(
                "The key of the account is missing. The claim:"
            ),
        }

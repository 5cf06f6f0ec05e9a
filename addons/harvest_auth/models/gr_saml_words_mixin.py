from odoo import api, models

from ..const import TRUSTED_HOSTS_PARAM


class GrSamlWordsMixin(models.AbstractModel):
    """What an administrator reads about SAML: what was checked, and what to do."""

    _name = "gr.saml.words.mixin"
    _inherit = "gr.identity.report.mixin"
    _description = "SAML: What Is Said"

    @api.model
    def _get_check_texts(self):
        return (
            super()._get_check_texts()
            | self._get_advice()
            | {
                "message": self.env._("The message can be read"),
                "structure": self.env._("One assertion, in its place"),
                "algorithms": self.env._("Signatures are strong and where they belong"),
                "decryption": self.env._("Encrypted parts can be opened"),
                "signature": self.env._("Signed by the key that you trust"),
                "status": self.env._("Their system says that it succeeded"),
                "issuer": self.env._("It comes from the system of the metadata"),
                "destination": self.env._("It was sent to this address"),
                "request": self.env._("It answers our request"),
                "recipient": self.env._("It is meant for this address"),
                "audience": self.env._("It is meant for this system"),
                "times": self.env._("It is fresh"),
                "session": self.env._("The session there is open"),
                "subject": self.env._("It names one account"),
                "toolkit": self.env._("The second reader agrees"),
                "key": self.env._("The account has a key that never changes"),
            }
        )

    @api.model
    def _get_advice(self):
        return {
            "library_unsafe": self.env._(
                "SAML sign-in is closed, because this server would not notice a forged"
                " message: its libraries lxml and xmlsec do not fit together. Ask"
                " whoever runs the server to install requirements.txt again and to"
                " restart it; “./harvest doctor” looks at it."
            ),
            "signature_missing": self.env._(
                "Their system signs something else. Change it there, or choose under"
                " “What Must Be Signed” what it signs."
            ),
            "signature_wrong": self.env._(
                "Their key has changed since the metadata was read. Read it again."
            ),
            "certificate_expired": self.env._(
                "Their certificate has ended. Once they renewed it, read the metadata."
            ),
            "algorithm": self.env._("Let their system sign with RSA-SHA256."),
            "audience_wrong": self.env._(
                "The entity ID entered there is not ours. Copy it from this page."
            ),
            "destination_wrong": self.env._(
                "The address entered there is not ours. Copy it from this page."
            ),
            "recipient_wrong": self.env._(
                "The address entered there is not ours. Copy it from this page."
            ),
            "expired": self.env._("One of the two clocks is wrong."),
            "not_yet_valid": self.env._("One of the two clocks is wrong."),
            "status": self.env._("Their system refused; its own log says why."),
            "subject_format": self.env._(
                "Let their system send a persistent NameID, or name an attribute that"
                " holds the key."
            ),
            "subject_attribute": self.env._(
                "The attribute with the key did not come, or came twice."
            ),
        }

    def _explain_metadata(self, error):
        """Return what is wrong with metadata and what to do, for an administrator."""
        texts = {
            "metadata_empty": self.env._(
                "Enter the address of their metadata, or paste the XML."
            ),
            "metadata_unreachable": self.env._(
                "Their metadata cannot be read at this address (%(detail)s). Open it in"
                " a browser; if it only works inside of their network, paste the XML.",
                detail=error.detail or self.env._("no answer"),
            ),
            "metadata_address": self.env._(
                "An address does not begin with https://. Ask for one that does; a host"
                " inside can be allowed by the administrator of the server"
                " (%(parameter)s).",
                parameter=TRUSTED_HOSTS_PARAM,
            ),
            "metadata_kind": self.env._(
                "This is not the metadata of one identity provider. Ask for the file of"
                " this one (EntityDescriptor)."
            ),
            "metadata_no_idp": self.env._(
                "This metadata is of an application, not of an identity provider."
            ),
            "metadata_expired": self.env._(
                "This metadata ended on %(date)s. Ask for a new one.", date=error.detail
            ),
            "metadata_binding": self.env._(
                "Their system offers no sign-in by HTTP-Redirect. Switch it on there."
            ),
            "metadata_keys": self.env._(
                "It holds no signing certificate, or too many."
            ),
            "metadata_entity": self.env._(
                "It is now of another system. If that is right, read it by hand."
            ),
            "metadata_untrusted": self.env._(
                "Keys or addresses changed, and no key that is trusted signed that."
                " Ask the district whether it is right, compare the fingerprint, and"
                " read it by hand."
            ),
            "certificate_weak": self.env._(
                "Their key is too short: RSA needs 2048 bits. They must renew it."
            ),
        }
        texts |= self._get_advice()
        return texts.get(error.code) or self.env._(
            "This is no metadata that can be read (%(code)s). Copy it again.",
            code=error.code,
        )

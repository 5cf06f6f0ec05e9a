import * as passkeyLib from "@auth_passkey/../lib/simplewebauthn";

import {rpc} from "@web/core/network/rpc";
import {registry} from "@web/core/registry";
import {Interaction} from "@web/public/interaction";

/** Makes a passkey on the page that follows a right password. */
export class EnrollPasskey extends Interaction {
    static selector = ".o_gr_enroll_passkey";
    dynamicContent = {
        ".o_gr_make_passkey": {"t-on-click.prevent": this.make},
        ".alert": {"t-att-class": () => ({"d-none": !this.failed})},
    };

    setup() {
        this.failed = false;
    }

    async make() {
        try {
            const options = await this.waitFor(rpc("/web/login/enroll/passkey"));
            const registration = await this.waitFor(
                passkeyLib.startRegistration(options)
            );
            this.el.querySelector("[name=registration]").value =
                JSON.stringify(registration);
            this.el.submit();
        } catch {
            this.failed = true;
            this.updateContent();
        }
    }
}

registry
    .category("public.interactions")
    .add("harvest_auth.enroll_passkey", EnrollPasskey);

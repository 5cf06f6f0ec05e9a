import {download} from "@web/core/network/download";
import {rpc} from "@web/core/network/rpc";

const send = download._download;

/**
 * Before an export the server is asked whether it is enough that somebody is signed in.
 * If not, the call is answered with Odoo's identity check, which is shown and repeats it;
 * the export itself could only fail.
 */
download._download = async (options) => {
    if (options.url?.startsWith("/web/export/")) {
        const {model, domain, ids} = JSON.parse(options.data.data);
        await rpc("/harvest/export/confirm", {model, domain, ids});
    }
    return send(options);
};

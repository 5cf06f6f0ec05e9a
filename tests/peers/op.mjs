// An OpenID provider for tests: one client, one account for any login, keys that roll.
//   node op.mjs PORT CLIENT_ID CLIENT_SECRET REDIRECT_URI LOGOUT_URI
// Its own sign-in page (devInteractions) takes any login; the account's groups come from it.
import {generateKeyPairSync} from "node:crypto";
import {Provider} from "oidc-provider";

const [port, clientId, clientSecret, redirectUri, logoutUri] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const {privateKey} = generateKeyPairSync("ec", {namedCurve: "P-256"});
const key = privateKey.export({format: "jwk"});

// It refuses to call addresses inside (SSRF), and waits 2.5 s for an answer. Ours are all
// on loopback, of a machine that may be busy.
function reachLoopback(url, {dispatcher, ...options}) {
    return fetch(url, {...options, signal: AbortSignal.timeout(20_000)});
}

const GROUPS = {teacher: ["aides"], pupil: ["pupils"]};

const provider = new Provider(issuer, {
    clients: [
        {
            client_id: clientId,
            client_secret: clientSecret,
            redirect_uris: [redirectUri],
            post_logout_redirect_uris: [new URL("/web/login", redirectUri).href],
            backchannel_logout_uri: logoutUri,
            backchannel_logout_session_required: true,
            id_token_signed_response_alg: "ES256",
            grant_types: ["authorization_code"],
            response_types: ["code"],
        },
    ],
    jwks: {keys: [{...key, kid: "k1", use: "sig", alg: "ES256"}]},
    cookies: {keys: ["only for tests"]},
    conformIdTokenClaims: false,
    claims: {
        openid: ["sub"],
        email: ["email", "email_verified"],
        profile: ["name", "groups"],
    },
    pkce: {required: () => true},
    fetch: reachLoopback,
    features: {
        devInteractions: {enabled: true},
        backchannelLogout: {enabled: true},
        rpInitiatedLogout: {enabled: true},
    },
    async findAccount(_ctx, id) {
        return {
            accountId: id,
            async claims() {
                return {
                    sub: id,
                    name: id,
                    email: `${id}@openid.test`,
                    email_verified: true,
                    groups: GROUPS[id] ?? [],
                };
            },
        };
    },
});
provider.on("server_error", (_ctx, error) => console.error(error));
provider.on("backchannel.success", () => console.log("log-out taken"));
provider.on("backchannel.error", (_ctx, error) => console.error(error));
provider.listen(Number(port), "127.0.0.1", () => console.log(`serving ${issuer}`));

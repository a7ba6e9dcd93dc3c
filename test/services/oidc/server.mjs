// An OpenID Connect issuer for tests: discovery, JWKS, the client-credentials grant with JWT access tokens, and people who
// sign in by its pages: whoever calls themselves by a role has it.
// It uses oidc-provider, a certified implementation; keys are made anew at each start.
import { generateKeyPair, exportJWK } from "jose";
import Provider from "oidc-provider";

const port = Number(process.env.PORT);
const issuer = `http://127.0.0.1:${port}`;

async function signingKey(alg) {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  return { ...(await exportJWK(privateKey)), alg, use: "sig", kid: alg };
}

/** Native, so that any port of this machine is sent back to. */
function pageClient(client_id, more) {
  return {
    client_id,
    application_type: "native",
    grant_types: ["authorization_code"],
    response_types: ["code"],
    redirect_uris: ["http://127.0.0.1/api/v1/session/oidc/callback"],
    ...more,
  };
}

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: "sirve-test",
      client_secret: "sirve-secret",
      grant_types: ["client_credentials"],
      redirect_uris: [],
      response_types: [],
      token_endpoint_auth_method: "client_secret_post",
    },
    pageClient("sirve-page", { token_endpoint_auth_method: "none" }),
    pageClient("sirve-page-secret", { client_secret: "sirve: secret+", token_endpoint_auth_method: "client_secret_basic" }),
  ],
  findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id, role: id }) }),
  claims: { openid: ["sub", "role"] },
  // Claims of the scopes stand in the identity token itself, as they do with most issuers.
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  scopes: ["viewer", "predictor", "releaser", "admin"],
  jwks: { keys: [await signingKey("RS256"), await signingKey("ES256")] },
  features: {
    devInteractions: { enabled: true },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => "urn:sirve",
      useGrantedResource: () => true,
      getResourceServerInfo: (_ctx, resource) => ({
        scope: "viewer predictor releaser admin",
        audience: resource,
        accessTokenFormat: "jwt",
        accessTokenTTL: Number(process.env.TOKEN_SECONDS ?? 3600),
        jwt: { sign: { alg: process.env.TOKEN_ALG ?? "RS256" } },
      }),
    },
  },
});

provider.listen(port, "127.0.0.1", () => process.stdout.write(`issuer ${issuer}\n`));

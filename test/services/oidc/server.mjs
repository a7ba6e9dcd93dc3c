// An OpenID Connect issuer for tests: discovery, JWKS and the client-credentials grant with JWT access tokens.
// It uses oidc-provider, a certified implementation; keys are made anew at each start.
import { generateKeyPair, exportJWK } from "jose";
import Provider from "oidc-provider";

const port = Number(process.env.PORT);
const issuer = `http://127.0.0.1:${port}`;

async function signingKey(alg) {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  return { ...(await exportJWK(privateKey)), alg, use: "sig", kid: alg };
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
  ],
  scopes: ["viewer", "predictor", "releaser", "admin"],
  jwks: { keys: [await signingKey("RS256"), await signingKey("ES256")] },
  features: {
    devInteractions: { enabled: false },
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

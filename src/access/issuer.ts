import { createRemoteJWKSet, customFetch } from "jose";
import { askForFields, askIssuer, type Fields, ISSUER_MS, issuerUnreachable } from "./ask-issuer.ts";

type KeySet = ReturnType<typeof createRemoteJWKSet>;

/** Where an issuer signs people in, and how. */
export interface SignInEndpoints {
  readonly authorization: string;
  readonly token: string;
  /** How a client with a secret shows it. */
  readonly showsSecretIn: "header" | "body";
}

/** An OIDC issuer: its keys and addresses, found once and kept. @see OpenID Connect Discovery 1.0, section 4. */
export class Issuer {
  readonly name: string;
  readonly #jwksUrl: string;
  #document: Promise<Fields> | undefined;
  #keySet: KeySet | undefined;

  /** `jwksUrl` "": found by the discovery document. */
  constructor(name: string, jwksUrl: string) {
    this.name = name;
    this.#jwksUrl = jwksUrl;
  }

  /** @throws PlatformError `unavailable` if they cannot be found. */
  async keys(): Promise<KeySet> {
    const url = this.#jwksUrl === "" ? await this.#address("jwks_uri") : this.#jwksUrl;
    this.#keySet ??= createRemoteJWKSet(new URL(url), {
      timeoutDuration: ISSUER_MS,
      cooldownDuration: 10_000,
      [customFetch]: async (address, { headers, signal }) => askIssuer(address, { headers, signal }),
    });
    return this.#keySet;
  }

  /** @throws PlatformError `unavailable` if they cannot be found. */
  async signInEndpoints(): Promise<SignInEndpoints> {
    const document = await this.#discovered();
    const ways = document["token_endpoint_auth_methods_supported"];
    const takesBody = Array.isArray(ways) && ways.includes("client_secret_post");
    const takesHeader = !Array.isArray(ways) || ways.includes("client_secret_basic");
    return {
      authorization: await this.#address("authorization_endpoint"),
      token: await this.#address("token_endpoint"),
      showsSecretIn: takesBody && !takesHeader ? "body" : "header",
    };
  }

  /** An address of the document; one without TLS only of an issuer that has none. */
  async #address(name: string): Promise<string> {
    const value = (await this.#discovered())[name];
    if (typeof value === "string" && URL.canParse(value)) {
      const { protocol } = new URL(value);
      if (protocol === "https:" || (protocol === "http:" && this.name.startsWith("http:"))) return value;
    }
    // Such a document is not kept: it may be put right.
    this.#document = undefined;
    throw issuerUnreachable(new Error(`its discovery document has no ${name} that can be used`));
  }

  async #discovered(): Promise<Fields> {
    this.#document ??= discover(this.name).catch((error: unknown) => {
      this.#document = undefined;
      throw error;
    });
    return await this.#document;
  }
}

async function discover(issuer: string): Promise<Fields> {
  const { status, fields } = await askForFields(
    `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`,
  );
  if (status === 200 && fields["issuer"] === issuer) return fields;
  throw issuerUnreachable(new Error("its discovery document is none, or names another issuer"));
}

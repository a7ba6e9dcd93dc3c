import { createHash, randomBytes } from "node:crypto";
import { type Clock, PlatformError } from "../base/index.ts";
import type { Caller } from "../model/index.ts";
import { askForFields, issuerUnreachable } from "./ask-issuer.ts";
import { type Cookie, readCookie } from "./cookie.ts";
import type { HeaderFields } from "./credentials.ts";
import type { Issuer, SignInEndpoints } from "./issuer.ts";
import { Seal } from "./seal.ts";
import { isSameHash } from "./secret.ts";
import type { Tokens } from "./tokens.ts";

export interface IssuerSignInOptions {
  readonly issuer: Issuer;
  readonly clientId: string;
  /** Undefined: a public client. */
  readonly clientSecret: string | undefined;
  readonly scopes: readonly string[];
  /** Tokens of the issuer for this client. */
  readonly tokens: Tokens;
  /** What cookies are sealed with; undefined: a secret of this process. */
  readonly secret: string | undefined;
  readonly clock: Clock;
}

/** A sign-in that has begun: what the browser brings back beside the issuer's answer. */
export interface BegunSignIn {
  readonly state: string;
  readonly nonce: string;
  /** Of PKCE: only who began can redeem the code. */
  readonly verifier: string;
  readonly redirectUri: string;
  /** The path that the person wanted. */
  readonly to: string;
  readonly until: number;
}

const NAME = "sirve_sign_in";
const PURPOSE = "sign-in";
/** How long a person may take at the issuer's page. */
const BEGUN_MS = 600_000;
const ERROR_CODE = /^[a-z0-9_]{1,60}$/;

/**
 * Sign-in by the issuer's own page: authorization code with PKCE.
 *
 * @see OpenID Connect Core 1.0, section 3.1; RFC 7636 (PKCE); RFC 9207 (`iss`); RFC 9700 (best current practice).
 */
export class IssuerSignIn {
  readonly #options: IssuerSignInOptions;
  readonly #seal: Seal;

  constructor(options: IssuerSignInOptions) {
    this.#options = options;
    this.#seal = new Seal(options.secret);
  }

  get issuer(): string {
    return this.#options.issuer.name;
  }

  /**
   * Where to send a browser, and a cookie that it brings back. `to` is a path of this server.
   *
   * @throws PlatformError `unavailable` if the issuer cannot be reached.
   */
  async begin(to: string, redirectUri: string): Promise<{ readonly url: string; readonly cookie: Cookie }> {
    const { issuer, clientId, scopes } = this.#options;
    const { authorization } = await issuer.signInEndpoints();
    const untilMs = this.#now() + BEGUN_MS;
    const [state, nonce, verifier] = [random(16), random(16), random(32)];
    const begun: BegunSignIn = { state, nonce, verifier, redirectUri, to, until: untilMs };
    const url = new URL(authorization);
    const asked = {
      response_type: "code",
      client_id: clientId,
      redirect_uri: redirectUri,
      scope: [...new Set(["openid", ...scopes])].join(" "),
      state,
      nonce,
      code_challenge: createHash("sha256").update(verifier).digest("base64url"),
      code_challenge_method: "S256",
    };
    for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value);
    return { url: url.href, cookie: { name: NAME, value: this.#seal.seal(PURPOSE, begun), untilMs } };
  }

  /** What a browser has begun here, or on a server with the same secret; undefined if it has not, or long ago. */
  begun(headers: HeaderFields): BegunSignIn | undefined {
    const value = readCookie(headers["cookie"], NAME);
    const begun =
      value === undefined ? undefined : (this.#seal.open(PURPOSE, value) as BegunSignIn | undefined);
    return begun && begun.until > this.#now() ? begun : undefined;
  }

  /**
   * Who the issuer says has signed in; `answer` is the query that it sent the browser back with.
   *
   * @throws PlatformError `unauthenticated` if the answer is not one to what was begun, `permission_denied` if the
   *   person has no role here, `unavailable` if the issuer cannot be reached.
   */
  async finish(begun: BegunSignIn | undefined, answer: URLSearchParams): Promise<Caller> {
    if (!begun) throw refused("it was not begun in this browser, or too long ago", "sirve_sign_in");
    const { issuer, tokens, clientId } = this.#options;
    if (!isSameHash(answer.get("state") ?? "", begun.state)) {
      throw refused("the answer belongs to another attempt", "state");
    }
    if ((answer.get("iss") ?? issuer.name) !== issuer.name) throw refused("another issuer answered", "iss");
    const code = codeIn(answer);
    const { caller, payload } = await tokens.verify(await this.#redeem(code, begun));
    if (payload["nonce"] !== begun.nonce) throw refused("the token belongs to another attempt", "nonce");
    if ((payload["azp"] ?? clientId) !== clientId) throw refused("the token is for another client", "azp");
    return caller;
  }

  /** The identity token that a code stands for. @see RFC 6749, section 4.1.3. */
  async #redeem(code: string, { verifier, redirectUri }: BegunSignIn): Promise<string> {
    const endpoints = await this.#options.issuer.signInEndpoints();
    const reply = await askForFields(endpoints.token, {
      method: "POST",
      headers: { accept: "application/json", ...this.#secretHeader(endpoints) },
      body: new URLSearchParams({
        grant_type: "authorization_code",
        code,
        redirect_uri: redirectUri,
        code_verifier: verifier,
        ...this.#secretFields(endpoints),
      }),
    });
    const { status, fields } = reply;
    if (status >= 500) throw issuerUnreachable(new Error(`its token endpoint answered ${status}`));
    const { id_token: token, error } = fields;
    if (status === 200 && typeof token === "string") return token;
    throw refused(`the issuer did not take its own code: ${shownError(error)}`, "code");
  }

  #secretHeader({ showsSecretIn }: SignInEndpoints): Record<string, string> {
    const { clientId, clientSecret } = this.#options;
    if (clientSecret === undefined || showsSecretIn === "body") return {};
    const pair = [clientId, clientSecret].map(formEncoded).join(":");
    return { authorization: `Basic ${Buffer.from(pair).toString("base64")}` };
  }

  #secretFields({ showsSecretIn }: SignInEndpoints): Record<string, string> {
    const { clientId, clientSecret } = this.#options;
    if (clientSecret === undefined) return { client_id: clientId };
    return showsSecretIn === "body" ? { client_id: clientId, client_secret: clientSecret } : {};
  }

  #now(): number {
    return performance.timeOrigin + this.#options.clock.now();
  }
}

/** Takes back what {@link IssuerSignIn.begin} gave. */
export const NOTHING_BEGUN: Cookie = { name: NAME, value: "", untilMs: 0 };

const random = (bytes: number) => randomBytes(bytes).toString("base64url");

/** @see RFC 6749, section 2.3.1: both halves are encoded as in a form. */
const formEncoded = (text: string) => new URLSearchParams({ a: text }).toString().slice(2);

function codeIn(answer: URLSearchParams): string {
  const code = answer.get("code");
  if (code !== null && code !== "" && !answer.has("error")) return code;
  throw refused(`the issuer signed nobody in: ${shownError(answer.get("error"))}`, "code");
}

/** Only a code of the specification is shown: what else stands there anybody may have written. */
const shownError = (error: unknown) =>
  typeof error === "string" && ERROR_CODE.test(error) ? error : "it gave no reason";

function refused(reason: string, field: string): PlatformError {
  return new PlatformError("unauthenticated", `the sign-in did not work: ${reason}`, {
    field,
    hint: "begin once more",
  });
}

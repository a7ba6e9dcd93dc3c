import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from "jose";
import { type Clock, PlatformError } from "../base/index.ts";
import { type Caller, ROLES, type Role } from "../model/index.ts";
import { matcher } from "./patterns.ts";
import { hashOf } from "./secret.ts";

export interface TokenOptions {
  readonly issuer: string;
  readonly audience: string;
  /** Empty: found by the issuer's discovery document. */
  readonly jwksUrl: string;
  readonly roleClaim: string;
  readonly modelsClaim: string;
  readonly clock: Clock;
}

/** Signatures that only the issuer can make: none with a shared secret, and not "none". */
const ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];
const TOLERANCE_SECONDS = 30;
const MAX_REMEMBERED = 2000;
const FETCH_MS = 5000;

type KeySet = ReturnType<typeof createRemoteJWKSet>;

/** Tokens of one OIDC issuer. @see RFC 7519; RFC 8725 (best current practices). */
export class Tokens {
  readonly #options: TokenOptions;
  #keySet: Promise<KeySet> | undefined;
  /** Callers of tokens that were found good, by hash, until they expire. */
  readonly #good = new Map<string, { readonly caller: Caller; readonly untilMs: number }>();

  constructor(options: TokenOptions) {
    this.#options = options;
  }

  /** Whether a text may be a token: three parts with dots between. */
  static isToken(secret: string): boolean {
    return secret.split(".").length === 3;
  }

  /** @throws PlatformError `unauthenticated` if the token is not good, `unavailable` if its keys cannot be fetched. */
  callerOf(token: string): Caller | Promise<Caller> {
    const key = hashOf(token);
    const known = this.#good.get(key);
    if (known && known.untilMs > performance.timeOrigin + this.#options.clock.now()) return known.caller;
    this.#good.delete(key);
    return this.#verify(token, key);
  }

  async #verify(token: string, key: string): Promise<Caller> {
    const { issuer, audience } = this.#options;
    let payload: JWTPayload;
    try {
      ({ payload } = await jwtVerify(token, await this.#keys(), {
        issuer,
        algorithms: ALGORITHMS,
        clockTolerance: TOLERANCE_SECONDS,
        requiredClaims: ["exp", "sub"],
        ...(audience !== "" && { audience }),
      }));
    } catch (error) {
      throw tokenError(error);
    }
    const caller = this.#callerOf(payload);
    if (this.#good.size >= MAX_REMEMBERED) this.#good.delete(this.#good.keys().next().value ?? "");
    this.#good.set(key, { caller, untilMs: (payload.exp ?? 0) * 1000 });
    return caller;
  }

  #callerOf(payload: JWTPayload): Caller {
    const { roleClaim, modelsClaim } = this.#options;
    const roles = listOf(payload[roleClaim]);
    const role = ROLES.findLast((one) => roles.includes(one));
    if (!role) throw noRole(roleClaim, roles);
    const models = payload[modelsClaim] === undefined ? ["*"] : listOf(payload[modelsClaim]);
    return Object.freeze({
      id: `jwt:${String(payload.sub).slice(0, 200)}`,
      role: role satisfies Role,
      models,
      mayUse: matcher(models),
    });
  }

  async #keys(): Promise<KeySet> {
    this.#keySet ??= this.#discover().catch((error: unknown) => {
      this.#keySet = undefined;
      throw error;
    });
    return await this.#keySet;
  }

  async #discover(): Promise<KeySet> {
    const { issuer, jwksUrl } = this.#options;
    const url = jwksUrl === "" ? await discoveredUrl(issuer) : jwksUrl;
    return createRemoteJWKSet(new URL(url), { timeoutDuration: FETCH_MS, cooldownDuration: 10_000 });
  }
}

/** @see OpenID Connect Discovery 1.0, section 4. */
async function discoveredUrl(issuer: string): Promise<string> {
  const url = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(FETCH_MS), redirect: "error" });
    const found = (await answer.json()) as { readonly issuer?: unknown; readonly jwks_uri?: unknown };
    if (typeof found.jwks_uri === "string" && found.issuer === issuer) return found.jwks_uri;
  } catch (cause) {
    throw keysUnreachable(cause);
  }
  throw keysUnreachable(new Error("its discovery document names another issuer, or no keys"));
}

function tokenError(error: unknown): PlatformError {
  if (error instanceof PlatformError) return error;
  if (error instanceof errors.JWTExpired) return badToken("it has expired");
  if (error instanceof errors.JWTClaimValidationFailed) {
    return badToken(`its claim ${error.claim} is not as it must be`);
  }
  if (error instanceof errors.JWKSTimeout) return keysUnreachable(error);
  if (error instanceof errors.JOSEError && error.code !== "ERR_JOSE_GENERIC") {
    return badToken("its signature is not the issuer's");
  }
  return keysUnreachable(error);
}

function badToken(reason: string): PlatformError {
  return new PlatformError("unauthenticated", `the token is not accepted: ${reason}`, {
    field: "Authorization",
    hint: "get a new one from the issuer",
  });
}

function keysUnreachable(cause: unknown): PlatformError {
  return new PlatformError("unavailable", "the issuer's keys cannot be fetched, so no token can be checked", {
    cause,
    field: "access.jwtIssuer",
    retryAfterMs: 5000,
  });
}

function noRole(claim: string, got: readonly string[]): PlatformError {
  return new PlatformError("permission_denied", `the token's claim "${claim}" names no role`, {
    field: claim,
    got: got.join(", ").slice(0, 100),
    expected: ROLES.join(", "),
  });
}

/** Texts of a claim: a list, or one text with spaces between, as scopes are. */
function listOf(claim: unknown): readonly string[] {
  if (Array.isArray(claim)) return claim.filter((one): one is string => typeof one === "string");
  return typeof claim === "string" ? claim.split(" ").filter((one) => one !== "") : [];
}

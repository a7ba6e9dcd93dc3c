import { errors, type JWTPayload, jwtVerify } from "jose";
import { type Clock, PlatformError } from "../base/index.ts";
import { type Caller, ROLES, type Role } from "../model/index.ts";
import { issuerUnreachable } from "./ask-issuer.ts";
import type { Issuer } from "./issuer.ts";
import { matcher } from "./patterns.ts";
import { hashOf } from "./secret.ts";

export interface TokenOptions {
  readonly issuer: Issuer;
  readonly audience: string;
  readonly roleClaim: string;
  readonly modelsClaim: string;
  readonly clock: Clock;
}

/** Signatures that only the issuer can make: none with a shared secret, and not "none". */
const ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];
const TOLERANCE_SECONDS = 30;
const MAX_REMEMBERED = 2000;

/** Tokens of one OIDC issuer. @see RFC 7519; RFC 8725 (best current practices). */
export class Tokens {
  readonly #options: TokenOptions;
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
    return this.#learn(token, key);
  }

  /** What a token says, once it is sure that the issuer says it. @throws PlatformError as {@link callerOf}. */
  async verify(token: string): Promise<{ readonly caller: Caller; readonly payload: JWTPayload }> {
    const { issuer, audience } = this.#options;
    let payload: JWTPayload;
    try {
      ({ payload } = await jwtVerify(token, await issuer.keys(), {
        issuer: issuer.name,
        audience,
        algorithms: ALGORITHMS,
        clockTolerance: TOLERANCE_SECONDS,
        requiredClaims: ["exp", "sub"],
      }));
    } catch (error) {
      throw tokenError(error);
    }
    return { caller: this.#callerOf(payload), payload };
  }

  async #learn(token: string, key: string): Promise<Caller> {
    const { caller, payload } = await this.verify(token);
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
}

function tokenError(error: unknown): PlatformError {
  if (error instanceof PlatformError) return error;
  if (error instanceof errors.JWTExpired) return badToken("it has expired");
  if (error instanceof errors.JWTClaimValidationFailed) {
    return badToken(`its claim ${error.claim} is not as it must be`);
  }
  if (error instanceof errors.JWKSTimeout) return issuerUnreachable(error);
  if (error instanceof errors.JOSEError && error.code !== "ERR_JOSE_GENERIC") {
    return badToken("its signature is not the issuer's");
  }
  return issuerUnreachable(error);
}

function badToken(reason: string): PlatformError {
  return new PlatformError("unauthenticated", `the token is not accepted: ${reason}`, {
    field: "Authorization",
    hint: "get a new one from the issuer",
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

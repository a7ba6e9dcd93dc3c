import { PlatformError } from "../base/index.ts";

/** Headers or metadata by lower-cased name. */
export type HeaderFields = Readonly<Record<string, string | undefined>>;

/** Who is at the other end of a connection. */
export interface Peer {
  /** Common name of its verified certificate; undefined: it has shown none. */
  readonly certificateName?: string | undefined;
}

const BEARER = /^bearer +([\x21-\x7e]{1,16384})$/i;
const PLAIN = /^[\x21-\x7e]{1,16384}$/;

/**
 * The key or token that a request shows, in `Authorization: Bearer` or `X-API-Key`; undefined if it shows none.
 * Clients of AWS sign their requests with keys that mean nothing here: theirs is their session token.
 *
 * @throws PlatformError `unauthenticated` if it is malformed, or two of them differ.
 */
export function shownSecret(headers: HeaderFields): string | undefined {
  const { authorization, "x-api-key": key } = headers;
  if (authorization?.startsWith("AWS4-")) return key ?? headers["x-amz-security-token"];
  const bearer = authorization === undefined ? undefined : bearerOf(authorization);
  if (key !== undefined && !PLAIN.test(key)) throw malformed("X-API-Key");
  if (bearer !== undefined && key !== undefined && bearer !== key) {
    throw new PlatformError("unauthenticated", "Authorization and X-API-Key show different credentials", {
      field: "Authorization",
      expected: "one of them",
    });
  }
  return bearer ?? key;
}

function bearerOf(authorization: string): string {
  const bearer = BEARER.exec(authorization)?.[1];
  if (bearer === undefined) throw malformed("Authorization");
  return bearer;
}

function malformed(field: string): PlatformError {
  return new PlatformError("unauthenticated", `${field} is malformed`, {
    field,
    expected: field === "Authorization" ? "Bearer and a key or token" : "a key or token",
  });
}

/** The same words whatever was wrong with a key, so that nothing is learnt from them. */
export function unknownCredentials(): PlatformError {
  return new PlatformError("unauthenticated", "the key is not known, has expired or was revoked", {
    field: "Authorization",
    hint: "sirve keys list shows the keys; an administrator makes one with sirve keys create",
  });
}

/** Nothing was shown where something is needed. */
export function noCredentials(): PlatformError {
  return new PlatformError("unauthenticated", "this server asks who you are", {
    field: "Authorization",
    got: "nothing",
    expected: "Bearer and an API key or token",
    hint: "sirve takes --key or SIRVE_API_KEY; others send Authorization: Bearer or X-API-Key",
  });
}

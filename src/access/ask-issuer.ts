import { PlatformError } from "../base/index.ts";

/** Longest wait for one answer of an issuer. */
export const ISSUER_MS = 5000;
/** Key sets and discovery documents have some kilobytes. */
const MOST_BYTES = 512 * 1024;

/**
 * Asks an issuer. Its answer is read whole, up to a bound and within its time; it may not send us elsewhere.
 *
 * @throws PlatformError `unavailable` if it does not answer, or with too much.
 */
export async function askIssuer(url: string, init: RequestInit = {}): Promise<Response> {
  try {
    const reply = await fetch(url, { signal: AbortSignal.timeout(ISSUER_MS), ...init, redirect: "error" });
    const body = await boundedBody(reply);
    return new Response(body.length > 0 ? body : null, { status: reply.status });
  } catch (cause) {
    throw issuerUnreachable(cause);
  }
}

/** The members of a JSON object. */
export type Fields = Readonly<Record<string, unknown>>;

/** The same for an answer that is a JSON object; one that is none has no fields. */
export async function askForFields(
  url: string,
  init?: RequestInit,
): Promise<{ readonly status: number; readonly fields: Fields }> {
  const reply = await askIssuer(url, init);
  const body: unknown = await reply.json().catch(() => undefined);
  const isObject = typeof body === "object" && body !== null && !Array.isArray(body);
  return { status: reply.status, fields: isObject ? (body as Fields) : {} };
}

async function boundedBody(reply: Response): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of reply.body ?? []) {
    bytes += part.length;
    if (bytes > MOST_BYTES) throw new Error(`its answer is larger than ${MOST_BYTES} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** The issuer gives no answer that can be used. */
export function issuerUnreachable(cause: unknown): PlatformError {
  if (cause instanceof PlatformError) return cause;
  return new PlatformError("unavailable", "the issuer gives no good answer, so no token can be checked", {
    cause,
    field: "access.jwtIssuer",
    retryAfterMs: 5000,
  });
}

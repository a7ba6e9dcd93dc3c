/** A cookie that no script of a page can read. */
export interface Cookie {
  readonly name: string;
  /** "" takes it back. */
  readonly value: string;
  /** Milliseconds since 1970. */
  readonly untilMs: number;
}

/** Under TLS a name that browsers take only from this very host, and only over TLS. */
const TLS_PREFIX = "__Host-";

/** The value of a cookie in a Cookie header. */
export function readCookie(header: string | undefined, name: string): string | undefined {
  if (header === undefined) return undefined;
  const pairs = header.split(";").map((pair) => pair.trim());
  for (const one of [TLS_PREFIX + name, name]) {
    const pair = pairs.find((text) => text.startsWith(`${one}=`));
    if (pair) return pair.slice(one.length + 1);
  }
  return undefined;
}

/** A Set-Cookie header. */
export function printCookie({ name, value, untilMs }: Cookie, isTls: boolean): string {
  return [
    `${isTls ? TLS_PREFIX : ""}${name}=${value}`,
    "Path=/",
    "HttpOnly",
    "SameSite=Lax",
    `Expires=${new Date(untilMs).toUTCString()}`,
    ...(isTls ? ["Secure"] : []),
  ].join("; ");
}

import { isIP } from "node:net";
import { isLoopback, nameOf } from "../origin.ts";

const NONE: readonly string[] = [];

/**
 * The header that has a browser use nothing but TLS for a name, flat. It counts for every port of the name, so that
 * one which means this machine gets none; for an address it means nothing. @see RFC 6797.
 */
export function strictTransport(host: string | undefined, seconds: number): readonly string[] {
  const name = host === undefined ? undefined : nameOf(host);
  if (name === undefined || isIP(name) !== 0 || isLoopback(name) || name.endsWith(".localhost")) return NONE;
  return ["strict-transport-security", `max-age=${seconds}`];
}

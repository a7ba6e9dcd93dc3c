import { isIP } from "node:net";
import { PlatformError } from "../base/index.ts";

export interface OriginOptions {
  /** The listening address. */
  readonly host: string;
  /** Names accepted in `Host` beside loopback names, the listening address and, when listening beyond loopback, any IP address; "*" accepts all. */
  readonly allowedHosts: readonly string[];
  /** Origins of web pages that may call, such as "https://app.example"; the server's own always may. */
  readonly allowedOrigins: readonly string[];
}

/** What of a request says where it came from. */
export interface Caller {
  readonly method: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly secFetchSite: string | undefined;
}

/** Methods that change nothing and whose answers no foreign page can read. */
const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);
/** A page of the server itself, and the person at the browser. */
const OWN_SITES = new Set(["same-origin", "none"]);
const MAX_REMEMBERED = 64;

/**
 * Keeps web pages from driving this server through a browser on the same machine: a page of
 * another name whose DNS answer was turned to loopback is known by `Host`, a page of another
 * origin by `Origin` or `Sec-Fetch-Site`.
 *
 * @see Fetch standard, "Origin" header; Fetch Metadata Request Headers; OWASP, DNS rebinding.
 */
export class OriginRules {
  readonly #names: ReadonlySet<string>;
  readonly #origins: ReadonlySet<string>;
  readonly #isWide: boolean;
  /** Host headers found good, as sent. */
  readonly #good = new Set<string>();

  constructor({ host, allowedHosts, allowedOrigins }: OriginOptions) {
    this.#names = new Set([host, ...allowedHosts].map((name) => name.toLowerCase()));
    this.#origins = new Set(allowedOrigins.map((origin) => origin.toLowerCase().replace(/\/$/, "")));
    this.#isWide = !isLoopback(host);
  }

  /** Why the request is refused, `permission_denied`; undefined if it may pass. */
  check({ method, host, origin, secFetchSite }: Caller): PlatformError | undefined {
    if (host !== undefined && !this.#good.has(host) && !this.#learn(host)) return hostRefused(host);
    if (SAFE.has(method)) return undefined;
    if (origin !== undefined) {
      return this.isAllowedOrigin(origin, host) ? undefined : originRefused("Origin", origin);
    }
    if (secFetchSite === undefined || OWN_SITES.has(secFetchSite)) return undefined;
    return originRefused("Sec-Fetch-Site", secFetchSite);
  }

  /** Whether a page of this origin may call a server addressed as `host`. */
  isAllowedOrigin(origin: string, host: string | undefined): boolean {
    const isOwn = host !== undefined && (origin === `http://${host}` || origin === `https://${host}`);
    return isOwn || this.isForeignAllowed(origin);
  }

  /** Whether a page of another origin than the server's own may call. */
  isForeignAllowed(origin: string): boolean {
    return this.#origins.has(origin.toLowerCase());
  }

  #learn(host: string): boolean {
    if (!this.#isGood(host)) return false;
    if (this.#good.size < MAX_REMEMBERED) this.#good.add(host);
    return true;
  }

  #isGood(host: string): boolean {
    if (this.#names.has("*")) return true;
    const name = nameOf(host);
    if (name === undefined) return false;
    if (isLoopback(name) || name.endsWith(".localhost") || this.#names.has(name)) return true;
    return this.#isWide && isIP(name) !== 0;
  }
}

/** Whether an address or name means this machine only. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase();
  if (name === "localhost" || name === "::1") return true;
  return isIP(name) === 4 && name.startsWith("127.");
}

const HOST = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::[0-9]{1,5})?$/;

/** The name in a Host header, lower case, without port, brackets and final dot. */
export function nameOf(host: string): string | undefined {
  const match = HOST.exec(host.toLowerCase());
  return match ? (match[1] ?? match[2] ?? "").replace(/\.$/, "") : undefined;
}

const hostRefused = (host: string) =>
  new PlatformError("permission_denied", `host "${host.slice(0, 100)}" is not a name of this server`, {
    field: "Host",
    got: host.slice(0, 100),
    expected: "localhost, a loopback address, the listening address, or a name of http.allowedHosts",
    hint: "add the name to http.allowedHosts (--http-allowed-hosts) if it is meant to reach this server",
  });

const originRefused = (field: string, got: string) =>
  new PlatformError("permission_denied", `a web page of another origin may not do this`, {
    field,
    got: got.slice(0, 100),
    expected: "the server's own origin, or one of http.allowedOrigins",
    hint: "add the page's origin to http.allowedOrigins (--http-allowed-origins) if it is yours",
  });

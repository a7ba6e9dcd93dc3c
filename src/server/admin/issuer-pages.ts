import {
  type Attempts,
  type IssuerDoor,
  NOTHING_BEGUN,
  ownPath,
  printCookie,
  type SignIns,
  setCookie,
} from "../../access/index.ts";
import { PlatformError } from "../../base/index.ts";
import type { HttpReply, HttpRequest, HttpRoute } from "../../protocols/index.ts";
import type { Logger } from "../../telemetry/index.ts";
import { nameOf, type OriginRules } from "../origin.ts";
import { NO_STORE } from "./reply.ts";

export interface IssuerPageParts {
  readonly signIns: SignIns;
  readonly attempts: Attempts;
  /** Cookies go over TLS only. */
  readonly isTls: boolean;
  /** "https://models.example"; "": as the browser asked. */
  readonly publicUrl: string;
  readonly scheme: "http" | "https";
  readonly rules: OriginRules;
  readonly logger: Logger;
}

/** Where a browser is sent to sign in with the issuer. */
export const START = "/api/v1/session/oidc/start";
const CALLBACK = "/api/v1/session/oidc/callback";

/** Where browsers go to sign in with the issuer, and where it sends them back to. */
export function issuerPages(parts: IssuerPageParts): readonly HttpRoute[] {
  const { signIns, attempts, isTls, logger } = parts;
  const page = (path: string, handle: HttpRoute["handle"]): HttpRoute => ({
    method: "GET",
    path,
    access: "public",
    handle,
  });
  const start: HttpRoute["handle"] = async (request) => {
    const door = needed(signIns.issuer);
    const to = ownPath(request.query.get("return") ?? "/");
    const redirectUri = `${addressOf(request, parts)}${CALLBACK}`;
    return await orSignInPage({ request, to, logger }, async () => {
      const { url, cookie } = await door.begin(to, redirectUri);
      return seeOther(url, printCookie(cookie, isTls));
    });
  };
  const callback: HttpRoute["handle"] = async (request) => {
    const door = needed(signIns.issuer);
    const { requestId } = request.context;
    const begun = door.begun(request.headers);
    const to = begun?.to ?? "/";
    const reply = await orSignInPage({ request, to, logger }, async () => {
      const { session } = await attempts.limit(request.address, async () =>
        door.finish(begun, request.query, { id: "", requestId }),
      );
      return seeOther(to, setCookie(session, isTls));
    });
    // What was begun ends here, whichever way.
    return { ...reply, cookies: [...(reply.cookies ?? []), printCookie(NOTHING_BEGUN, isTls)] };
  };
  return [page(START, start), page(CALLBACK, callback)];
}

function needed(door: IssuerDoor | undefined): IssuerDoor {
  if (door) return door;
  throw new PlatformError("failed_precondition", "nobody signs in with an issuer here", {
    field: "access.oidcClientId",
    got: "nothing",
    expected: "what the issuer knows this server as",
    hint: "sign in with a key, or set access.jwtIssuer and access.oidcClientId",
  });
}

/** Where the browser reaches this server. @throws PlatformError `permission_denied` if its Host is not one of ours. */
function addressOf({ headers }: HttpRequest, { publicUrl, scheme, rules }: IssuerPageParts): string {
  if (publicUrl !== "") return publicUrl;
  const host = headers["host"] ?? "";
  const refusal = rules.check({ method: "GET", host, origin: undefined, secFetchSite: undefined });
  if (refusal) throw refusal;
  if (nameOf(host) !== undefined) return `${scheme}://${host}`;
  throw new PlatformError("invalid_argument", "the issuer has to be told where to send the browser back to", {
    field: "Host",
    got: host.slice(0, 100),
    expected: "a name or an address, or access.publicUrl",
  });
}

interface Attempt {
  readonly request: HttpRequest;
  readonly to: string;
  readonly logger: Logger;
}

/** People are told on the page where they sign in; a fault of ours is answered as one. */
async function orSignInPage(
  { request, to, logger }: Attempt,
  work: () => Promise<HttpReply>,
): Promise<HttpReply> {
  try {
    return await work();
  } catch (thrown) {
    const error = PlatformError.from(thrown);
    if (error.code === "internal") throw error;
    const { requestId } = request.context;
    const cause = error.cause instanceof Error ? error.cause.message : undefined;
    logger.warn("sign-in failed", { requestId, reason: error.message, cause });
    const query = new URLSearchParams({ failed: error.message, to });
    return seeOther(`/ui/sign-in?${query.toString()}`);
  }
}

const seeOther = (location: string, ...cookies: string[]): HttpReply => ({
  status: 303,
  headers: { ...NO_STORE, location, "referrer-policy": "no-referrer" },
  cookies,
  body: "",
});

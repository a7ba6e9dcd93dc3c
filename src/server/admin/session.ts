import { type Attempts, type SignIns, setCookie } from "../../access/index.ts";
import type { Caller } from "../../model/index.ts";
import type { HttpReply } from "../../protocols/index.ts";
import type { HandlersOf } from "./contract.ts";
import { START } from "./issuer-pages.ts";
import { NO_STORE } from "./reply.ts";

type SessionHandlers = HandlersOf<"showSession" | "startSession" | "endSession">;

export interface SessionParts {
  readonly signIns: SignIns;
  /** Whether callers must say who they are. */
  readonly needsCredentials: () => boolean;
  readonly attempts: Attempts;
  /** Cookies go over TLS only. */
  readonly isTls: boolean;
}

type Session = ReturnType<SignIns["of"]>;

/** Sign-in of people with a browser. */
export function sessionHandlers({
  signIns,
  needsCredentials,
  attempts,
  isTls,
}: SessionParts): SessionHandlers {
  const shown = (caller: Caller, session: Session) => ({
    authentication: needsCredentials(),
    caller: needsCredentials() && caller.id === "" ? null : shownCaller(caller, session),
    csrf: session?.proof ?? null,
    oidc: signIns.issuer ? { issuer: signIns.issuer.issuer, startUrl: START } : null,
  });
  return {
    async showSession(_input, { caller, http }) {
      const session = signIns.of(http.headers);
      const body = shown(caller, caller.id === "" ? undefined : session);
      // A cookie that is worth nothing any more is taken back.
      if (session && body.caller === null) return cookieReply(200, body, setCookie(undefined, isTls));
      return { body };
    },
    async startSession({ body: { key } }, { actor, http }) {
      const { caller, session } = await attempts.limit(http.address, async () => signIns.start(key, actor));
      return cookieReply(200, shown(caller, session), setCookie(session, isTls));
    },
    async endSession(_input, { actor, http }) {
      await signIns.end(http.headers, actor);
      return cookieReply(204, undefined, setCookie(undefined, isTls));
    },
  };
}

function shownCaller({ id, role, models = ["*"] }: Caller, session: Session) {
  const isSession = session !== undefined;
  return { id, role, models, isSession, ...(session && { expiresAt: session.expiresAt }) };
}

function cookieReply(status: number, body: object | undefined, cookie: string): HttpReply {
  return {
    status,
    headers: { ...NO_STORE, "content-type": "application/json" },
    cookies: [cookie],
    body: body ? JSON.stringify(body) : "",
  };
}

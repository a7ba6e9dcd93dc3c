import { PlatformError } from "../base/index.ts";
import type { Caller } from "../model/index.ts";
import type { HeaderFields } from "./credentials.ts";
import type { BegunSignIn, IssuerSignIn } from "./issuer-sign-in.ts";
import type { KeyActor } from "./key-records.ts";
import type { KeyRing } from "./key-ring.ts";
import { stampOf } from "./key-ring.ts";
import { hashOf, idOf } from "./secret.ts";
import type { EndedSession, Session, Sessions } from "./sessions.ts";

/** Who has signed in, and their cookie. */
export interface SignedIn {
  readonly caller: Caller;
  readonly session: Session;
}

/** Browsers that sign in and out. */
export interface SignIns {
  /** @throws PlatformError `unauthenticated` if the key is not good, `failed_precondition` where nobody is asked. */
  start(key: string, actor: KeyActor): Promise<SignedIn>;
  /** Undefined: people cannot sign in with an issuer. */
  readonly issuer: IssuerDoor | undefined;
  /** The session of a request; undefined if it has none. */
  of(headers: HeaderFields): Session | undefined;
  end(headers: HeaderFields, actor: KeyActor): Promise<void>;
}

/** Sign-in with an issuer, in two steps. */
export interface IssuerDoor extends Pick<IssuerSignIn, "issuer" | "begin" | "begun"> {
  /** @throws PlatformError as {@link IssuerSignIn.finish}. */
  finish(begun: BegunSignIn | undefined, answer: URLSearchParams, actor: KeyActor): Promise<SignedIn>;
}

export interface SignInParts {
  readonly isOpen: () => boolean;
  readonly ring: KeyRing;
  readonly sessions: Sessions;
  readonly issuer: IssuerSignIn | undefined;
  /** Keeps in the audit log who signed in or out. */
  readonly note: (
    action: "session.start" | "session.end",
    actor: KeyActor,
    ended?: EndedSession,
  ) => Promise<void>;
}

/** Sign-in over keys and, if there is one, an issuer. */
export function createSignIns({ isOpen, ring, sessions, issuer, note }: SignInParts): SignIns {
  const started = async (caller: Caller, session: Session, actor: KeyActor): Promise<SignedIn> => {
    await note("session.start", { ...actor, id: caller.id });
    return { caller, session };
  };
  return {
    async start(key, actor) {
      if (isOpen()) throw nobodyIsAsked();
      const caller = ring.callerOf(key);
      return await started(caller, sessions.startOfKey(idOf(key) ?? "", stampOf(hashOf(key))), actor);
    },
    issuer: issuer && {
      issuer: issuer.issuer,
      begin: async (to, redirectUri) => issuer.begin(to, redirectUri),
      begun: (headers) => issuer.begun(headers),
      async finish(begun, answer, actor) {
        const caller = await issuer.finish(begun, answer);
        return await started(caller, sessions.startOfToken(caller), actor);
      },
    },
    of: (headers) => sessions.of(headers),
    async end(headers, actor) {
      const ended = sessions.end(headers);
      if (ended) await note("session.end", actor, ended);
    },
  };
}

/** Of a server where nobody is asked who they are. */
export const noSignIns: SignIns = {
  start: async () => Promise.reject(nobodyIsAsked()),
  issuer: undefined,
  of: () => undefined,
  end: async () => {},
};

function nobodyIsAsked(): PlatformError {
  return new PlatformError(
    "failed_precondition",
    "this server asks nobody who they are: there is nothing to sign in to",
    {
      field: "key",
      hint: "sirve keys create --name me --role admin makes the first key",
    },
  );
}

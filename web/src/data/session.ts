import { queryOptions, type UseQueryResult, useQuery } from "@tanstack/react-query";
import { SirveError } from "../../../src/client/index.ts";
import type { Role } from "./api.ts";
import { client, setProof } from "./client.ts";

/** Who the server takes this browser for, and how one signs in. */
export interface Session {
  readonly authentication: boolean;
  readonly caller: null | {
    readonly id: string;
    readonly role: Role;
    readonly models: readonly string[];
    readonly via: string;
    readonly expiresAt?: string;
  };
  readonly signIn: {
    readonly key: boolean;
    readonly oidc: null | { readonly issuer: string; readonly startUrl: string };
  };
  readonly csrf: string | null;
}

const PATH = "/api/v1/session";

async function readSession(): Promise<Session> {
  try {
    const answer = await client.request({ method: "GET", path: PATH });
    return keep(answer.json() as Session);
  } catch (thrown) {
    if (!(thrown instanceof SirveError) || thrown.status !== 404) throw thrown;
    // A server older than its sign-in: whoever it answers is who it takes everybody for.
    const caller = await client.admin.whoAmI({});
    return {
      authentication: false,
      caller: { ...caller, via: "open" },
      signIn: { key: true, oidc: null },
      csrf: null,
    };
  }
}

function keep(session: Session): Session {
  setProof(session.csrf);
  return session;
}

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: readSession,
  staleTime: 60_000,
  refetchInterval: 300_000,
});

/** @throws SirveError `unauthenticated` if the key is not known. */
export async function signIn(key: string): Promise<Session> {
  const answer = await client.request({
    method: "POST",
    path: PATH,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ key }),
  });
  return keep(answer.json() as Session);
}

export async function signOut(): Promise<void> {
  await client.request({ method: "DELETE", path: PATH });
  setProof(null);
}

export const useSession = (): UseQueryResult<Session> => useQuery(sessionQuery);

const RANK: readonly Role[] = ["viewer", "predictor", "releaser", "admin"];

/** Whether the caller's role is enough; what it is not enough for is shown switched off, with the reason. */
export function useMay(role: Role): boolean {
  const { data } = useSession();
  if (!data) return false;
  return data.caller !== null && RANK.indexOf(data.caller.role) >= RANK.indexOf(role);
}

import { queryOptions, type UseQueryResult, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import type { Role, Session } from "./api.ts";
import { client, setProof, strangers } from "./client.ts";

function keep(session: Session): Session {
  setProof(session.csrf);
  return session;
}

let change: Promise<unknown> = Promise.resolve();

/** Does what changes who this browser is; until it is done nobody looks. */
export async function whileChanging<T>(work: () => Promise<T>): Promise<T> {
  const result = work();
  change = result.catch(() => undefined);
  return await result;
}

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: async () => {
    await change;
    return keep(await client.admin.showSession({}));
  },
  staleTime: 60_000,
  refetchInterval: 300_000,
});

/** @throws SirveError `unauthenticated` if the key is not known. */
export const signIn = async (key: string): Promise<Session> =>
  keep(await client.admin.startSession({ body: { key } }));

export async function signOut(): Promise<void> {
  await client.admin.endSession({});
  setProof(null);
}

export const useSession = (): UseQueryResult<Session> => useQuery(sessionQuery);

export const ROLES: readonly Role[] = ["viewer", "predictor", "releaser", "admin"];

/** Looks again who this browser is whenever the server did not know it: a key was revoked, or a session has ended. */
export function useStrangers(): void {
  const cache = useQueryClient();
  useEffect(() => {
    const look = () => void cache.invalidateQueries({ queryKey: sessionQuery.queryKey });
    strangers.addEventListener("stranger", look);
    return () => strangers.removeEventListener("stranger", look);
  }, [cache]);
}

/** Whether the caller's role is enough; what it is not enough for is shown switched off, with the reason. */
export function useMay(role: Role): boolean {
  const { data } = useSession();
  if (!data?.caller) return false;
  return ROLES.indexOf(data.caller.role) >= ROLES.indexOf(role);
}

import { queryOptions, type UseQueryResult, useQuery } from "@tanstack/react-query";
import type { Role, Session } from "./api.ts";
import { client, setProof } from "./client.ts";

function keep(session: Session): Session {
  setProof(session.csrf);
  return session;
}

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: async () => keep(await client.admin.showSession({})),
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

/** Whether the caller's role is enough; what it is not enough for is shown switched off, with the reason. */
export function useMay(role: Role): boolean {
  const { data } = useSession();
  if (!data?.caller) return false;
  return ROLES.indexOf(data.caller.role) >= ROLES.indexOf(role);
}

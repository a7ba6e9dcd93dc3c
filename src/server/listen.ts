import type { AddressInfo, Server } from "node:net";
import { PlatformError } from "../base/index.ts";
import type { Config } from "../config/index.ts";
import { isLoopback } from "./origin.ts";

/** Where a server listens. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** Wires of managed containers: their platform authenticates, and nobody else reaches the port. */
const MANAGED = new Set<Config["compat"]>(["sagemaker", "vertex"]);

/** Whether a server may listen beyond loopback. */
export function isListeningAllowed(
  { compat, insecure }: Pick<Config, "compat" | "insecure">,
  asksWhoCalls: boolean,
): boolean {
  return insecure || asksWhoCalls || MANAGED.has(compat);
}

/**
 * Refuses to listen beyond loopback where nobody is asked who they are: whoever reaches the port may predict
 * and unload models.
 *
 * @throws PlatformError `failed_precondition` unless `host` is loopback or it `isAllowed`.
 */
export function checkListenAddress(host: string, isAllowed: boolean): void {
  if (isAllowed || isLoopback(host)) return;
  throw new PlatformError(
    "failed_precondition",
    `listening on "${host}" would let anyone there use this server`,
    {
      field: "host",
      got: host,
      expected: "a loopback address such as 127.0.0.1, API keys, tokens or certificates, or --insecure",
      hint: "make a first key on a loopback address with sirve keys create (or with --file, then --access-keys-file), or pass --insecure if the network is trusted",
    },
  );
}

/**
 * Starts listening. `flag` names the option that changes the port.
 *
 * @throws PlatformError `failed_precondition` if the port is in use or may not be taken.
 */
export async function listenOn(server: Server, at: ListenAddress, flag: string): Promise<ListenAddress> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen({ host: at.host, port: at.port }, resolve);
  try {
    await promise;
  } catch (thrown) {
    throw listenError(thrown, at, flag);
  } finally {
    server.off("error", reject);
  }
  return { host: at.host, port: (server.address() as AddressInfo).port };
}

const REASONS = new Map([
  ["EADDRINUSE", "is in use"],
  ["EACCES", "may not be taken by this user"],
  ["EADDRNOTAVAIL", "is not on an address of this machine"],
  ["ENOTFOUND", "is on a host name that does not resolve"],
]);

function listenError(thrown: unknown, { host, port }: ListenAddress, flag: string): PlatformError {
  const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
  const reason = REASONS.get(code) ?? `cannot be listened on (${code})`;
  return new PlatformError("failed_precondition", `port ${port} of ${host} ${reason}`, {
    cause: thrown,
    field: flag,
    got: String(port),
    expected: "a port that is free",
    hint: `choose another port with ${flag} (0 takes any free one)`,
  });
}

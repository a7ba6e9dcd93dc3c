import type { Config, Environment } from "../../config/index.ts";
import type { ConnectionOptions } from "../connection.ts";

/** What one check found, and what to do about it. */
export interface Finding {
  readonly check: string;
  readonly status: "ok" | "warn" | "fail";
  readonly detail: string;
  /** Set unless it is ok. */
  readonly remedy?: string;
}

/** What checks look at. */
export interface CheckContext {
  readonly config: Config;
  readonly env: Environment;
  /** A server that may be running. */
  readonly server: ConnectionOptions;
}

/** One check; it returns findings and does not throw. */
export type Check = (context: CheckContext) => Promise<readonly Finding[]>;

/** A finding that all is well. */
export function ok(check: string, detail: string): Finding {
  return { check, status: "ok", detail };
}

/** A finding that limits, but does not stop. */
export function warn(check: string, detail: string, remedy: string): Finding {
  return { check, status: "warn", detail, remedy };
}

/** A finding that stops serving. */
export function fail(check: string, detail: string, remedy: string): Finding {
  return { check, status: "fail", detail, remedy };
}

/** What a thrown value says. */
export function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

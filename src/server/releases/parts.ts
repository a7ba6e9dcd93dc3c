import type { Artifacts, Registry } from "../../registry/index.ts";

/** The registry of a server: its records and its files. */
export interface RegistryParts {
  readonly registry: Registry;
  readonly artifacts: Artifacts;
}

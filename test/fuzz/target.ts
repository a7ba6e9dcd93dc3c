import { PlatformError } from "../../src/base/index.ts";
import type { Random } from "./random.ts";

/** One parser under fire. */
export interface FuzzTarget {
  readonly name: string;
  /** Makes one input from `random` and feeds it. @throws whatever must not happen. */
  run(random: Random): void | Promise<void>;
  /** Called once, after the last case. */
  close?(): void;
}

/**
 * What `parse` gives, undefined where it refuses with a PlatformError that blames the input;
 * every other error goes on up, since it is a fault of ours.
 */
export function refusable<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    return refused(error);
  }
}

/** The same for a parser that answers later. */
export async function refusableLater<T>(parse: () => Promise<T>): Promise<T | undefined> {
  try {
    return await parse();
  } catch (error) {
    return refused(error);
  }
}

const BLAMES_INPUT = new Set([
  "invalid_argument",
  "too_large",
  "failed_precondition",
  "not_found",
  "unimplemented",
]);

function refused(error: unknown): undefined {
  if (error instanceof PlatformError && BLAMES_INPUT.has(error.code)) return undefined;
  throw error;
}

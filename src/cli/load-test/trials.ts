import type { LoadTestOptions } from "../../client/index.ts";

/** One test of several, which differ in load and settings. */
export type Trial = Required<Pick<LoadTestOptions, "concurrency">> & Pick<LoadTestOptions, "settings">;

/** What is tried: each value with each value of the others; undefined: as it serves. */
export interface Axes {
  readonly concurrency: readonly number[];
  readonly instances?: readonly number[] | undefined;
  readonly maxRows?: readonly number[] | undefined;
  readonly maxDelayUs?: readonly number[] | undefined;
}

/** Every combination; the settings of the last axis change first. */
export function trialsOf({ concurrency, instances, maxRows, maxDelayUs }: Axes): Trial[] {
  return concurrency.flatMap((load) =>
    or(instances).flatMap((runs) =>
      or(maxRows).flatMap((rows) =>
        or(maxDelayUs).map((delay) => ({
          concurrency: load,
          settings: {
            ...(runs !== undefined && { instances: runs }),
            ...(rows !== undefined && { maxRows: rows }),
            ...(delay !== undefined && { maxDelayUs: delay }),
          },
        })),
      ),
    ),
  );
}

const or = (values: readonly number[] | undefined): readonly (number | undefined)[] => values ?? [undefined];

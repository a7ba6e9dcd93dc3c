import { PlatformError } from "../base/index.ts";
import { MIGRATIONS } from "./migrations/all.ts";

/** The format of records that this program reads and writes: the number of its last migration. */
export const FORMAT: number = MIGRATIONS.length;

/** The refusal of a store that a newer Sirve has written. */
export function newerFormat(found: number, known: number = FORMAT): PlatformError {
  return new PlatformError(
    "failed_precondition",
    `the store has format ${found}, this Sirve knows formats up to ${known}`,
    {
      field: "format",
      got: String(found),
      expected: `at most ${known}`,
      hint: "Start the newer Sirve that wrote it, or restore a backup made before the upgrade.",
    },
  );
}

import { type ErrorCode, PlatformError } from "../base/index.ts";

/** Of a server that is gone, starting, stopping or full, by SQLSTATE class or code, and of its socket. */
const AWAY =
  /^(?:08|57P|53300|57014|25P03|ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)/;
/** What pg says without a code when a connection breaks or none comes. */
const BROKEN =
  /connection terminated|timeout exceeded when trying to connect|query read timeout|not queryable|has been discarded/i;

/** SQLSTATE → code and message. @see https://www.postgresql.org/docs/current/errcodes-appendix.html */
const MEANINGS: readonly (readonly [RegExp, ErrorCode, string])[] = [
  [/^55P03/, "unavailable", "another change holds the records: try again"],
  [/^22(?:021|P05)/, "invalid_argument", "PostgreSQL cannot keep a character of this text"],
  [/^23505/, "already_exists", "it is there already"],
  [/^40/, "unavailable", "other changes were made at the same time: try again"],
  [/^53100/, "disk_full", "the disk of PostgreSQL is full: nothing was changed"],
  [/^53/, "unavailable", "PostgreSQL has no room for this now"],
  [/^28/, "failed_precondition", "PostgreSQL refuses user or password of SIRVE_DATABASE_URL"],
  [/^3D/, "failed_precondition", "the database of SIRVE_DATABASE_URL does not exist"],
  [/^42501/, "failed_precondition", "the user of SIRVE_DATABASE_URL may not do this in PostgreSQL"],
  [/^25006/, "unavailable", "PostgreSQL takes no changes: it is a stand-by"],
];

/** What an error of pg means; what is a bug of ours stays as it is. */
export function translatePostgresError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof PlatformError) return error;
  const code = codeOf(error);
  if (AWAY.test(code) || BROKEN.test(error.message)) {
    return new PlatformError("unavailable", "PostgreSQL does not answer", {
      cause: error,
      retryAfterMs: 1000,
    });
  }
  const found = MEANINGS.find(([pattern]) => pattern.test(code));
  return found ? new PlatformError(found[1], found[2], { cause: error }) : error;
}

/** Whether PostgreSQL undid a transaction that can simply be made again. */
export function mayBeRepeated(error: unknown): boolean {
  return error instanceof PlatformError && /^40(?:001|P01)$/.test(codeOf(error.cause));
}

/** SQLSTATE or the system's code; of a host with several addresses, that of the first that failed. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  if ("code" in error && typeof error.code === "string") return error.code;
  return error instanceof AggregateError ? codeOf(error.errors[0]) : "";
}

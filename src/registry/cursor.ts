import { checkPage } from "./checks.ts";
import type { Page, Paged } from "./contract.ts";
import { invalid } from "./refusals.ts";

/** The place after an entry, as text that callers hand back and do not read. */
const encodeCursor = (key: string | number): string => Buffer.from(JSON.stringify(key)).toString("base64url");

/**
 * The key after which a page begins; undefined for the first.
 *
 * @throws PlatformError `invalid_argument` if it is not from a page of this kind.
 */
export function startOf<T extends "string" | "number">(
  page: Page,
  kind: T,
): (T extends "string" ? string : number) | undefined {
  checkPage(page);
  if (page.after === undefined) return undefined;
  const key = decode(page.after);
  const isKey =
    kind === "number" ? Number.isSafeInteger(key) : typeof key === "string" && !key.includes("\0");
  if (!isKey) throw invalid("after", page.after, "`next` of the page before");
  return key as T extends "string" ? string : number;
}

function decode(after: string): unknown {
  try {
    return JSON.parse(Buffer.from(after, "base64url").toString());
  } catch {
    return undefined;
  }
}

/** A page from rows of which one more than its limit was asked for: that one tells that there is a next page. */
export function paged<Row, T>(
  rows: readonly Row[],
  { limit }: Page,
  keyOf: (row: Row) => string | number,
  recordOf: (row: Row) => T,
): Paged<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const items = shown.map(recordOf);
  return rows.length > limit && last !== undefined ? { items, next: encodeCursor(keyOf(last)) } : { items };
}

import { CsvError, parse } from "csv-parse/sync";
import { PlatformError } from "../../base/index.ts";
import type { Payload } from "../../model/index.ts";

/** Cells of one line at the most. */
const MAX_CELLS = 100_000;
const MAX_LINE_BYTES = 16 * 1024 * 1024;

/**
 * Rows of text cells from CSV (RFC 4180): quotes, CRLF or LF, a byte order mark, empty lines
 * skipped. Whether the first line is a header is for the version to say, which knows its columns.
 *
 * @throws PlatformError `invalid_argument` naming the line.
 */
export function decodeCsv(body: Uint8Array, delimiter: "," | "\t"): Payload {
  if (delimiter === "," && body.length === 0) throw wrong("the CSV is empty", "at least one line");
  const rows = parseLines(body, delimiter);
  if (rows.length === 0) throw wrong("the CSV has no lines", "at least one line");
  const wide = rows.findIndex((row) => row.length > MAX_CELLS);
  if (wide !== -1) throw wrong(`line ${wide + 1} has more than ${MAX_CELLS} cells`, `at most ${MAX_CELLS}`);
  return { kind: "rows", rows, cells: "text" };
}

function parseLines(body: Uint8Array, delimiter: string): string[][] {
  try {
    return parse(body, {
      bom: true,
      delimiter,
      skip_empty_lines: true,
      relax_column_count: true,
      max_record_size: MAX_LINE_BYTES,
    });
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw new PlatformError("invalid_argument", `the CSV cannot be read: ${cause.message.slice(0, 200)}`, {
      field: "body",
      got: cause.code,
      expected: "CSV as in RFC 4180",
      cause,
    });
  }
}

function wrong(problem: string, expected: string): PlatformError {
  return new PlatformError("invalid_argument", problem, { field: "body", expected });
}

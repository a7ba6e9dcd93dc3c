import { Readable } from "node:stream";
import { CsvError, type Options, parse } from "csv-parse";
import { parse as parseAtOnce } from "csv-parse/sync";
import { PlatformError } from "../../base/index.ts";
import type { Payload } from "../../model/index.ts";
import { piecesOf } from "./pieces.ts";

/** Cells of one line at the most. */
const MAX_CELLS = 100_000;
/** Cells of one request at the most: each costs far more time and memory than its few bytes. */
const MAX_ALL_CELLS = 2_000_000;
const MAX_LINE_BYTES = 16 * 1024 * 1024;
/** A larger body is parsed piece by piece, so that others need not wait for it. */
const AT_ONCE_BYTES = 131_072;
const NEWLINE = 0x0a;

/**
 * Rows of text cells from CSV (RFC 4180): quotes, CRLF or LF, a byte order mark, empty lines
 * skipped. Whether the first line is a header is for the version to say, which knows its columns.
 *
 * @throws PlatformError `invalid_argument` naming the line, `too_large` for more than two million cells.
 */
export async function decodeCsv(body: Uint8Array, delimiter: "," | "\t"): Promise<Payload> {
  if (delimiter === "," && body.length === 0) throw wrong("the CSV is empty", "at least one line");
  checkCells(body, delimiter.charCodeAt(0));
  const rows = await parseLines(body, delimiter);
  if (rows.length === 0) throw wrong("the CSV has no lines", "at least one line");
  const wide = rows.findIndex((row) => row.length > MAX_CELLS);
  if (wide !== -1) throw wrong(`line ${wide + 1} has more than ${MAX_CELLS} cells`, `at most ${MAX_CELLS}`);
  return { kind: "rows", rows, cells: "text" };
}

/** Counts what may end a cell, in quotes too: cheap, and before anything is built. */
function checkCells(body: Uint8Array, delimiter: number): void {
  let ends = 0;
  for (const end of [delimiter, NEWLINE]) {
    for (let at = body.indexOf(end); at !== -1 && ends <= MAX_ALL_CELLS; at = body.indexOf(end, at + 1)) {
      ends += 1;
    }
  }
  if (ends <= MAX_ALL_CELLS) return;
  const expected = `at most ${MAX_ALL_CELLS}`;
  throw new PlatformError("too_large", `the CSV has more than ${MAX_ALL_CELLS} delimiters and line ends`, {
    field: "body",
    expected,
    hint: "send fewer rows per request",
  });
}

async function parseLines(body: Uint8Array, delimiter: string): Promise<string[][]> {
  const options: Options = {
    bom: true,
    delimiter,
    skip_empty_lines: true,
    relax_column_count: true,
    max_record_size: MAX_LINE_BYTES,
  };
  try {
    return body.length > AT_ONCE_BYTES ? await parsePieces(body, options) : parseAtOnce(body, options);
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

async function parsePieces(body: Uint8Array, options: Options): Promise<string[][]> {
  const rows: string[][] = [];
  const parser = Readable.from(piecesOf(body)).pipe(parse(options));
  for await (const row of parser) rows.push(row as string[]);
  return rows;
}

function wrong(problem: string, expected: string): PlatformError {
  return new PlatformError("invalid_argument", problem, { field: "body", expected });
}

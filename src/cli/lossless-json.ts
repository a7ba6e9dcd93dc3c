/**
 * Parses JSON without losing integers beyond 2^53: they become bigint.
 *
 * @throws SyntaxError if it is no JSON.
 */
export function parseLossless(text: string): unknown {
  return JSON.parse(text, (_key, value: unknown, context?: { source?: string }) => {
    if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
    return /^-?[0-9]+$/.test(context?.source ?? "") ? BigInt(context?.source ?? 0) : value;
  });
}

/** JSON text of a value, bigint as plain digits; `indent` spaces per level. */
export function stringifyLossless(value: unknown, indent = 0): string {
  const marked: string[] = [];
  const text = JSON.stringify(
    value,
    (_key, item: unknown) => {
      if (typeof item !== "bigint") return item;
      marked.push(String(item));
      return `${MARK}${item}`;
    },
    indent,
  );
  return marked.length === 0 ? text : text.replaceAll(MARKED, "$1");
}

/** A private-use character that no text of ours starts with, before digits. */
const MARK = "\uf8ff";
const MARKED = /"\uf8ff(-?[0-9]+)"/g;

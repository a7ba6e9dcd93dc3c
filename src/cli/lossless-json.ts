/** JSON text of a value, bigint as plain digits; `indent` spaces per level. Its inverse is `parseJson` of base. */
export function stringifyLossless(value: unknown, indent = 0): string {
  let hasBigints = false;
  const text = JSON.stringify(
    value,
    (_key, item: unknown) => {
      if (typeof item === "bigint") hasBigints = true;
      return typeof item === "bigint" ? `${MARK}${item}` : item;
    },
    indent,
  );
  return hasBigints ? text.replaceAll(MARKED, "$1") : text;
}

/** A private-use character before digits: no text of ours or of a model starts so. */
const MARK = "\uf8ff";
const MARKED = /"\uf8ff(-?[0-9]+)"/g;

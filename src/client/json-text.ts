/** Of newer engines; source: TC39, "JSON.parse source text access". */
const { rawJSON } = JSON as { readonly rawJSON?: (text: string) => unknown };

/** JSON of what programs hold: typed arrays as lists, bigint as digits, NaN as null, dates as ISO 8601. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item === "bigint") return digits(item);
    return ArrayBuffer.isView(item) && !(item instanceof DataView) ? Array.from(item as Uint8Array) : item;
  });
}

/** Without loss: an engine that is too old for that takes small ones only. */
function digits(value: bigint): unknown {
  if (rawJSON) return rawJSON(String(value));
  if (BigInt.asIntN(53, value) === value) return Number(value);
  throw new TypeError(`${value} does not fit into a number of JSON here: send it as a tensor`);
}

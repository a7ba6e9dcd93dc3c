export type { Converted, ConvertedManifest, ConvertOptions, Source } from "./contract.ts";
export { convert } from "./convert.ts";
export { INPUT } from "./graph.ts";
export { isPickle, pickleRefusal } from "./pickle/pickle-refusal.ts";
export { FORMAT_BYTES, type Format, formatOf } from "./sniff.ts";
export { type Verified, verify } from "./verify.ts";

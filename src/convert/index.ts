export type { Converted, ConvertedManifest, ConvertOptions, Source } from "./contract.ts";
export { convert } from "./convert.ts";
export { INPUT } from "./graph.ts";
export { isPickle, pickleRefusal } from "./pickle/pickle-refusal.ts";
export { readReport, type SklearnReport, sampleOf } from "./python/report.ts";
export { SKLEARN_PROGRAM, sklearnRequirements } from "./python/requirements.ts";
export { sklearnVersionOf } from "./python/sklearn-pickle.ts";
export { FORMAT_BYTES, type Format, formatOf } from "./sniff.ts";
export { checkError, type Verified, verify } from "./verify.ts";

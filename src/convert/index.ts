export type { Converted, ConvertedManifest, ConvertOptions, Source } from "./contract.ts";
export { convertXgboost } from "./xgboost/convert.ts";

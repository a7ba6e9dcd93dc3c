export type { Converted, ConvertedManifest, ConvertOptions, Source } from "./contract.ts";
export { convertLightgbm } from "./lightgbm/convert.ts";
export { convertXgboost } from "./xgboost/convert.ts";

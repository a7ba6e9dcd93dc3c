import type { Converted, ConvertOptions } from "./contract.ts";
import { convertLightgbm } from "./lightgbm/convert.ts";
import type { Format } from "./sniff.ts";
import { convertXgboost } from "./xgboost/convert.ts";

const CONVERTERS: Readonly<Record<Format, (bytes: Uint8Array, options: ConvertOptions) => Converted>> = {
  xgboost: convertXgboost,
  lightgbm: convertLightgbm,
};

/**
 * A model of another library as ONNX.
 *
 * @throws PlatformError `invalid_argument` if the file is damaged, `unimplemented` if it cannot be converted.
 */
export function convert(format: Format, bytes: Uint8Array, options: ConvertOptions = {}): Converted {
  return CONVERTERS[format](bytes, options);
}

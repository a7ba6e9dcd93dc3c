import { cannotConvert } from "./refusal.ts";
import { isUbjson } from "./xgboost/read-model.ts";

/** What is converted here, without Python. */
export type Format = "xgboost" | "lightgbm";

/** Bytes of a file's start by which {@link formatOf} tells it. */
export const FORMAT_BYTES = 65_536;

const SAVE_AGAIN = "load it where it was trained and save it with save_model as .ubj or .json";

/** Whether a file begins as models of CatBoost do: its own binary format, or its JSON. */
export function isCatboost(start: Uint8Array): boolean {
  const text = Buffer.from(start.buffer, start.byteOffset, Math.min(start.byteLength, 64)).toString("latin1");
  return text.startsWith("CBM1") || /^\s*\{\s*"(?:ctr_data|features_info)"\s*:/.test(text);
}

/** Whether a file begins as those of HDF5 do, in which Keras kept models. */
export const isHdf5 = (start: Uint8Array): boolean =>
  Buffer.from(start.buffer, start.byteOffset, Math.min(start.byteLength, 8)).toString("latin1") ===
  "\u0089HDF\r\n\u001a\n";

/**
 * The format of a file by its first bytes, whatever its name; undefined if no converter knows it, as of ONNX.
 *
 * @throws PlatformError `unimplemented` for a file of such a library that is none of its models, or an old one.
 */
export function formatOf(start: Uint8Array): Format | undefined {
  const text = Buffer.from(start.buffer, start.byteOffset, start.byteLength).toString("latin1");
  if (/^tree\r?\n/.test(text)) return "lightgbm";
  if (text.startsWith("binf")) {
    throw cannotConvert("it is in the old binary format of XGBoost", "file", SAVE_AGAIN);
  }
  if (isUbjson(start)) return /learner/.test(text) ? "xgboost" : undefined;
  if (/^\s*\{\s*"(?:learner|version)"\s*:/.test(text) && text.includes('"learner"')) return "xgboost";
  if (/^\s*\[\s*\{\s*"nodeid"/.test(text)) {
    throw cannotConvert(
      "it is a dump of XGBoost, which leaves out what a prediction needs",
      "file",
      SAVE_AGAIN,
    );
  }
  if (/^\s*\{[\s\S]{0,400}"tree_info"/.test(text) && text.includes('"num_tree_per_iteration"')) {
    throw cannotConvert("it is a dump of LightGBM in JSON", "file", "save the model with save_model as text");
  }
  return undefined;
}

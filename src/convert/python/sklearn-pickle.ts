import { PlatformError } from "../../base/index.ts";
import { pickleRefusal, strangeGlobals } from "../pickle/pickle-refusal.ts";
import { readPickleGlobals } from "../pickle/read-globals.ts";

/** Estimators write it into their state, in front of the release. */
const VERSION = /_sklearn_version[^0-9]{1,8}(\d{1,3}\.\d{1,3}(?:\.\d{1,4})?(?:rc\d+)?)/;

/**
 * The release of scikit-learn that a pickle is of; undefined: it is of something else. Files of joblib cannot be followed
 * beyond their first array: what else they name is refused when they are opened (restricted_pickle.py).
 *
 * @throws PlatformError naming what it would call, where that is more than its library needs.
 */
export function sklearnVersionOf(name: string, file: Uint8Array): string | undefined {
  const { globals, isWhole } = readPickleGlobals(file);
  const isFollowed = isWhole && !globals.some((one) => one.startsWith("joblib."));
  if (isFollowed && strangeGlobals(globals).length > 0) throw pickleRefusal(name, file);
  if (!globals.some((one) => one.startsWith("sklearn."))) return undefined;
  const [, version] = VERSION.exec(Buffer.from(file).toString("latin1")) ?? [];
  if (version !== undefined) return version;
  throw new PlatformError("unimplemented", `${name} does not say which release of scikit-learn it is of`, {
    field: name,
    expected: "a fitted model, pickled by scikit-learn 0.24 or newer",
  });
}

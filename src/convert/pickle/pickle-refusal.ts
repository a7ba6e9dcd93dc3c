import { PlatformError } from "../../base/index.ts";
import { readPickleGlobals } from "./read-globals.ts";

/** What a class's library offers instead of a pickle. */
const WAYS: readonly (readonly [module: RegExp, way: string])[] = [
  [/^xgboost\b/, "in Python: model.save_model('model.ubj'), then sirve add model.ubj"],
  [/^lightgbm\b/, "in Python: model.booster_.save_model('model.txt'), then sirve add model.txt"],
  [/^catboost\b/, "in Python: model.save_model('model.cbm'), then sirve add model.cbm"],
  [
    /^sklearn\b/,
    "with --allow-code sirve add opens it in a Python of its own and converts it; or in Python: skl2onnx.to_onnx(model, X[:1])",
  ],
  [
    /^torch\b/,
    "in Python: torch.export.save(torch.export.export(model, (inputs,)), 'model.pt2'), then sirve add model.pt2 --allow-code",
  ],
  [
    /^(?:keras|tensorflow)\b/,
    "in Python: model.save('model.keras'), then sirve add model.keras --allow-code",
  ],
];

/** Modules of the libraries that people keep models of, and what their pickles need besides. */
const KNOWN =
  /^(?:sklearn|numpy|scipy|pandas|xgboost|lightgbm|catboost|torch|keras|tensorflow|joblib|collections|copyreg|copy_reg|_codecs|datetime|builtins\.(?:set|frozenset|slice|complex|bytearray|object|list|dict|tuple|range|int|float|str|bool|bytes)$|__builtin__\.(?:set|object)$)/;

/** What a pickle would call and no library's model needs. */
export const strangeGlobals = (globals: readonly string[]): readonly string[] =>
  globals.filter((one) => !KNOWN.test(one));

/**
 * The error for a pickle: what it is of, and whatever it would call that no model needs. It is not opened, only read
 * through: nothing that it names is imported, built or called.
 */
export function pickleRefusal(name: string, file: Uint8Array): PlatformError {
  const { globals } = readPickleGlobals(file);
  const strange = strangeGlobals(globals);
  const model = globals.find((one) => WAYS.some(([module]) => module.test(one)));
  const way = WAYS.find(([module]) => model !== undefined && module.test(model))?.[1];
  const what =
    strange.length > 0
      ? `a Python pickle that would call ${strange.slice(0, 3).join(", ")}`
      : `a Python pickle${model === undefined ? "" : ` of ${model}`}`;
  return new PlatformError(
    "unimplemented",
    `${name} is ${what}; pickles run code when they are opened, and are never opened here`,
    {
      field: name,
      got: globals.slice(0, 5).join(", ") || "a pickle",
      expected: "an ONNX file, or a model of XGBoost or LightGBM",
      hint:
        strange.length > 0
          ? "do not open this file unless you know who made it and what these are for"
          : (way ?? "export the model as ONNX"),
    },
  );
}

/** Whether a file begins as pickles of protocols 2 to 5 do. */
export const isPickle = (start: Uint8Array): boolean =>
  start[0] === 0x80 && (start[1] ?? 0) >= 2 && (start[1] ?? 0) <= 5;

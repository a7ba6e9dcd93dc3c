import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** A library whose models are opened and converted by itself, in a Python of its own. */
export interface PythonLibrary {
  /** As its users call it. */
  readonly name: string;
  /** What turns its models into ONNX. */
  readonly converter: string;
  /** The program that does. */
  readonly program: string;
  /** Whether a file of its models may hold code, which opening it would run. */
  readonly holdsCode: boolean;
  /** What is installed to open a file that this release wrote; undefined: the file does not tell. */
  readonly requirements: (version?: string) => string;
}

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const locked = (name: string) => readFileSync(here(`./${name}.txt`), "utf8");

/** The release that all packages beside it are locked for. */
const SKLEARN = "1.9.1";

/** What is converted in Python. */
export const PYTHON_LIBRARIES = {
  sklearn: {
    name: "scikit-learn",
    converter: "skl2onnx",
    program: here("./convert_sklearn.py"),
    holdsCode: true,
    requirements: sklearnRequirements,
  },
  catboost: {
    name: "CatBoost",
    converter: "CatBoost",
    program: here("./convert_catboost.py"),
    holdsCode: false,
    requirements: () => locked("catboost-1.2.10"),
  },
  torch: {
    name: "PyTorch",
    converter: "torch.onnx",
    program: here("./convert_torch.py"),
    holdsCode: true,
    requirements: () => locked("torch-2.15.0"),
  },
  tensorflow: {
    name: "TensorFlow",
    converter: "tf2onnx",
    program: here("./convert_tensorflow.py"),
    holdsCode: true,
    requirements: () => locked("tensorflow-2.21.0"),
  },
} as const satisfies Readonly<Record<string, PythonLibrary>>;

/** Pickles are read by the release that wrote them; what converts is always the same. */
function sklearnRequirements(version = SKLEARN): string {
  const lines = locked(`sklearn-${SKLEARN}`);
  if (version === SKLEARN) return lines;
  const converter = lines.split("\n").filter((line) => /^(?:skl2onnx|onnx|joblib)==/.test(line));
  return [`scikit-learn==${version}`, "pandas", ...converter, ""].join("\n");
}

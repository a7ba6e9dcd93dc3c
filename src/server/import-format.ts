import { open, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { PlatformError } from "../base/index.ts";
import {
  archiveKind,
  FORMAT_BYTES,
  type Format,
  formatOf,
  isCatboost,
  isHdf5,
  isPickle,
  isZip,
  PYTHON_LIBRARIES,
  type PythonLibrary,
  pickleRefusal,
  sklearnVersionOf,
} from "../convert/index.ts";
import { engineOfFile } from "../model/index.ts";
import { SNIFF_BYTES, wrongFormat } from "../onnx/index.ts";

/** What a file has to be converted from: by a reader here, or by its own library in a Python of its own. */
export type ImportFormat = Format | PythonFormat;

interface PythonFormat {
  readonly library: PythonLibrary;
  /** The release that wrote the file, where it tells. */
  readonly version?: string;
}

/**
 * The converter for a file; undefined if it needs none.
 *
 * @throws PlatformError saying what it is and what to do, if nothing here takes it.
 */
export async function importFormat(path: string, allowCode: boolean): Promise<ImportFormat | undefined> {
  const engine = engineOfFile(path);
  // Pickles are served by Python only with the packages that their folder says.
  if (engine !== undefined && (engine !== "python" || path.endsWith(".py"))) return undefined;
  if (await isSavedModel(path)) return whereAllowed(path, PYTHON_LIBRARIES.tensorflow, allowCode);
  const start = await startOf(path, FORMAT_BYTES);
  const format = formatOf(start);
  if (format !== undefined) return format;
  if (isCatboost(start)) return { library: PYTHON_LIBRARIES.catboost };
  if (isPickle(start)) return pickleFormat(path, allowCode);
  const library = isHdf5(start) ? PYTHON_LIBRARIES.tensorflow : isZip(start) && (await archiveFormat(path));
  if (library) return whereAllowed(path, library, allowCode);
  const problem = wrongFormat(basename(path), start.subarray(0, SNIFF_BYTES));
  if (problem) throw problem;
  return undefined;
}

/** Whether a path is a folder as TensorFlow saves models: it can be converted whole. */
export async function isSavedModel(path: string): Promise<boolean> {
  return await stat(join(path, "saved_model.pb")).then(
    (found) => found.isFile(),
    () => false,
  );
}

/** The library whose models are archives of ZIP with these files in them. */
async function archiveFormat(path: string): Promise<PythonLibrary | undefined> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    const read = async (at: number, length: number) => {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(length, size)), { position: at });
      return buffer.subarray(0, bytesRead);
    };
    const kind = await archiveKind(basename(path), { size, read });
    return kind && PYTHON_LIBRARIES[kind];
  } finally {
    await file.close();
  }
}

/** @throws PlatformError `failed_precondition` if the library runs what is in its files, and the user has not allowed that. */
function whereAllowed(path: string, library: PythonLibrary, allowCode: boolean): PythonFormat {
  if (allowCode || !library.holdsCode) return { library };
  const name = basename(path);
  throw new PlatformError(
    "failed_precondition",
    `${name} is a model of ${library.name}, and opening it runs what is in it`,
    {
      field: name,
      got: `a model of ${library.name}`,
      expected: "--allow-code, or a file that holds no code",
      hint: "with --allow-code sirve add opens it in a Python of its own and converts it; do not allow it for a file whose maker you do not know",
    },
  );
}

/** Opening a pickle runs what is in it: only where the user says so, and only what libraries need. */
async function pickleFormat(path: string, allowCode: boolean): Promise<ImportFormat> {
  const bytes = await startOf(path, allowCode ? Number.POSITIVE_INFINITY : PICKLE_BYTES);
  const version = allowCode ? sklearnVersionOf(basename(path), bytes) : undefined;
  if (version === undefined) throw pickleRefusal(basename(path), bytes);
  return { library: PYTHON_LIBRARIES.sklearn, version };
}

/** As much of a pickle as is read to say what it is of: classes are named before their numbers. */
const PICKLE_BYTES = 16 * 1024 * 1024;

async function startOf(path: string, bytes: number): Promise<Uint8Array> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(size, bytes)), 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

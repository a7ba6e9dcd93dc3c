import type { PlatformError } from "../base/index.ts";
import { refusal } from "./refusal.ts";

/** A kind of file that is not ONNX: where its mark stands, and what to say. */
interface Mark {
  readonly what: string;
  readonly hint: string;
  readonly at?: number;
  readonly bytes: string;
}

const EXPORT = "Export the model as ONNX.";
const CODE =
  "Pickle files run code when they are read, so they are never opened here; export the model as ONNX (skl2onnx, torch.onnx).";

/** Marks of formats that people call model files. Latin-1 text stands for bytes. */
const MARKS: readonly Mark[] = [
  {
    what: "a ZIP archive",
    bytes: "PK\x03\x04",
    hint: "Unpack it first. PyTorch (.pt2), Keras (.keras) and NumPy (.npz) files are ZIP archives too: sirve add --allow-code converts models of the first two.",
  },
  { what: "an empty ZIP archive", bytes: "PK\x05\x06", hint: EXPORT },
  { what: "a GGUF file", bytes: "GGUF", hint: "Language models in GGUF are not served by this runtime." },
  {
    what: "an HDF5 file",
    bytes: "\x89HDF\r\n\x1a\n",
    hint: "sirve add --allow-code converts models that Keras saved.",
  },
  { what: "a gzip file", bytes: "\x1f\x8b", hint: "Decompress it first." },
  { what: "a zstd file", bytes: "\x28\xb5\x2f\xfd", hint: "Decompress it first." },
  { what: "an xz file", bytes: "\xfd7zXZ\0", hint: "Decompress it first." },
  { what: "a bzip2 file", bytes: "BZh", hint: "Decompress it first." },
  { what: "a TensorFlow Lite file", bytes: "TFL3", at: 4, hint: "Convert with tf2onnx --tflite." },
  {
    what: "an ONNX Runtime format file",
    bytes: "ORTM",
    at: 4,
    hint: "Serve the .onnx file that it was made from.",
  },
  { what: "a tar archive", bytes: "ustar", at: 257, hint: "Unpack it first." },
  { what: "a NumPy array", bytes: "\x93NUMPY", hint: EXPORT },
  {
    what: "a Git LFS pointer, not the model itself",
    bytes: "version https://git-lfs",
    hint: "Fetch the file with git lfs pull.",
  },
  {
    what: "a JSON file",
    bytes: "{",
    hint: "sirve add converts models that XGBoost saved by save_model.",
  },
  { what: "a web page", bytes: "<", hint: "Download the file itself, not the page about it." },
  { what: "a program", bytes: "\x7fELF", hint: EXPORT },
  ...[2, 3, 4, 5].map((protocol) => ({
    what: "a Python pickle",
    bytes: `\x80${String.fromCharCode(protocol)}`,
    hint: CODE,
  })),
];

/** Bytes of a file's start that {@link wrongFormat} looks at. */
export const SNIFF_BYTES = 512;

/** The error for a file whose first bytes are those of another format; undefined if none is known. */
export function wrongFormat(name: string, start: Uint8Array): PlatformError | undefined {
  if (start.length === 0) {
    return refusal(`${name} is empty`, { field: name, got: "0 bytes", expected: "an ONNX file" });
  }
  const text = Buffer.from(start.buffer, start.byteOffset, start.byteLength).toString("latin1");
  const mark = MARKS.find(({ bytes, at = 0 }) => text.startsWith(bytes, at)) ?? safetensors(text);
  if (!mark) return undefined;
  return refusal(`${name} is ${mark.what}, not an ONNX file`, {
    field: name,
    got: mark.what,
    expected: "an ONNX file",
    hint: mark.hint,
  });
}

/** A length of 8 bytes and then JSON. */
function safetensors(text: string): Mark | undefined {
  if (!/^[\s\S]{6}\0\0\{/.test(text)) return undefined;
  return {
    what: "a safetensors file",
    bytes: "",
    hint: "It holds weights without a graph; export the model as ONNX.",
  };
}

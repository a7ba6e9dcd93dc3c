import { PlatformError } from "../../base/index.ts";
import { readPickleGlobals } from "../pickle/read-globals.ts";
import { type ByteSource, type ZipEntry, zipContent, zipEntries } from "./entries.ts";

/** The library whose model an archive is. */
export type ArchiveKind = "torch" | "tensorflow";

/** As much of a pickle as is read to say what it is of. */
const PICKLE_BYTES = 4 * 1024 * 1024;

const WAY =
  "where the module is: torch.export.save(torch.export.export(module.eval(), (inputs,)), 'model.pt2'), then sirve add model.pt2 --allow-code";

/**
 * What a ZIP archive is, by the files in it; undefined if it is of no library that is known here.
 *
 * @throws PlatformError `unimplemented` for weights without what computes with them, `invalid_argument` for a damaged one.
 */
export async function archiveKind(name: string, source: ByteSource): Promise<ArchiveKind | undefined> {
  const entries = await zipEntries(source);
  // PyTorch keeps everything in one folder, called as the file was.
  const byName = new Map(entries.map((entry) => [entry.name.replace(/^[^/]*\//, ""), entry]));
  const isProgram = byName.has("archive_format") || byName.has("serialized_exported_program.json");
  if (isProgram || byName.has("constants.pkl")) return "torch";
  const names = new Set(entries.map((entry) => entry.name));
  if (names.has("config.json") && names.has("model.weights.h5")) return "tensorflow";
  const pickle = byName.get("data.pkl");
  if (pickle) throw await pickleOfTorch(name, source, pickle);
  return undefined;
}

async function pickleOfTorch(name: string, source: ByteSource, pickle: ZipEntry): Promise<PlatformError> {
  const content = (await zipContent(source, pickle, PICKLE_BYTES)) ?? new Uint8Array();
  const module = readPickleGlobals(content).globals.find(
    (one) =>
      !/^(?:torch\.(?:_utils|_tensor|storage|\w+Storage|Size|device|dtype)|collections|numpy|_codecs|builtins)\b/.test(
        one,
      ),
  );
  const what =
    module === undefined
      ? "weights of PyTorch (a state_dict): it has no module that computes with them"
      : `a pickled object of PyTorch, which names ${module}: the code of its module is not in it`;
  return new PlatformError("unimplemented", `${name} is ${what}`, {
    field: name,
    got: module ?? "a state_dict",
    expected: "a program of torch.export.save (.pt2), or one of torch.jit.save",
    hint: WAY,
  });
}

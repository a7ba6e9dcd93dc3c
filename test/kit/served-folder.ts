import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A temporary folder of models. */
export interface ServedFolder {
  readonly path: string;
  /** Puts a version there in one step, as a deployment should: written beside, then renamed. */
  add(model: string, version: number, file: string | Uint8Array, manifest?: object): void;
  /** Where a version lies. */
  at(model: string, version: number, name?: string): string;
  remove(model: string, version?: number): void;
  /** Puts other files in the place of a version, in one step each. */
  replace(model: string, version: number, bytes: Uint8Array): void;
  delete(): void;
}

/** The ONNX file of a model of test/artifacts/models. */
export const artifact = (model: string, version = 1): string =>
  join("test/artifacts/models", model, String(version), "model.onnx");

/** Makes a folder of models, with these of test/artifacts/models in it, manifests included. */
export function createServedFolder(...models: readonly string[]): ServedFolder {
  const path = mkdtempSync(join(tmpdir(), "sirve-models-"));
  let uploads = 0;
  for (const model of models) {
    cpSync(join("test/artifacts/models", model), join(path, model), {
      recursive: true,
      preserveTimestamps: true,
      filter: (source) => !source.endsWith("samples.json"),
    });
  }
  const at = (model: string, version: number, name = "") => join(path, model, String(version), name);
  return {
    path,
    at,
    add(model, version, file, manifest) {
      uploads += 1;
      const upload = join(path, `.upload-${uploads}`);
      mkdirSync(upload);
      const bytes = typeof file === "string" ? readFileSync(file) : file;
      writeFileSync(join(upload, "model.onnx"), bytes);
      if (manifest) writeFileSync(join(upload, "model.json"), JSON.stringify(manifest));
      mkdirSync(join(path, model), { recursive: true });
      renameSync(upload, at(model, version));
    },
    replace(model, version, bytes) {
      const draft = join(path, ".draft");
      writeFileSync(draft, bytes);
      renameSync(draft, at(model, version, "model.onnx"));
    },
    remove: (model, version) =>
      rmSync(version === undefined ? join(path, model) : at(model, version), { recursive: true }),
    delete: () => rmSync(path, { recursive: true, force: true }),
  };
}

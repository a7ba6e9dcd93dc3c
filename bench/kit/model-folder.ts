import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder of models of our own, whose versions come by atomic rename and go by deletion. */
export class ModelFolder {
  readonly path = mkdtempSync(join(tmpdir(), "sirve-bench-"));

  /** Puts `onnxPath` there as `model`, version `version`. */
  add(model: string, version: number, onnxPath: string): void {
    const target = join(this.path, model, String(version));
    const upload = join(this.path, `.upload-${model}-${version}`);
    mkdirSync(upload);
    cpSync(onnxPath, join(upload, "model.onnx"), { preserveTimestamps: true });
    mkdirSync(join(this.path, model), { recursive: true });
    renameSync(upload, target);
  }

  remove(model: string, version: number): void {
    rmSync(join(this.path, model, String(version)), { recursive: true });
  }

  delete(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** The version that answers for `model` now. */
export async function servingVersion(port: number, model: string): Promise<number | undefined> {
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/models/${model}`);
  return ((await answer.json()) as { serving?: number }).serving;
}

import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { PlatformError } from "../../base/index.ts";
import type { SirveClient } from "../../client/index.ts";
import { checkFileName, type ModelFile, type PackagedModel, packagedModel } from "../../deploy/index.ts";
import { type ModelTarget, parseModelTarget, TARGET_RULE } from "../../model/index.ts";

/**
 * Downloads what `targets` name from a registry server into `folder`; every file is checked by its digest.
 *
 * @throws PlatformError `not_found` if the server has no such version, `internal` if bytes came otherwise.
 */
export async function modelsOfServer(
  server: SirveClient,
  targets: readonly string[],
  folder: string,
): Promise<PackagedModel[]> {
  const models: PackagedModel[] = [];
  for (const text of targets) {
    const target = parseModelTarget(text);
    if (target === undefined) {
      throw new PlatformError("invalid_argument", `${JSON.stringify(text)} names no model`, {
        field: "model",
        got: text,
        expected: TARGET_RULE,
      });
    }
    models.push(await modelOfServer(server, target, folder));
  }
  return models;
}

async function modelOfServer(
  server: SirveClient,
  target: ModelTarget,
  folder: string,
): Promise<PackagedModel> {
  const { model } = target;
  const version = target.version ?? (await versionOf(server, model, target.alias ?? "champion"));
  const record = await server.admin.showVersion({ params: { model, version } });
  if (record.files === undefined) {
    throw new PlatformError("failed_precondition", "this server has no registry to package from", {
      field: "--url",
      hint: "sirve package NAME --from MODELS packages from the folder that it serves",
    });
  }
  const home = join(folder, model, String(version));
  await mkdir(home, { recursive: true });
  const files: ModelFile[] = [];
  for (const { name, digest, bytes } of record.files) {
    checkFileName(model, name);
    const path = join(home, name);
    const body = await server.download(model, version, name);
    await keep(body, path, { name, digest, bytes });
    files.push({ name, path, digest, bytes });
  }
  return packagedModel(model, version, files);
}

async function versionOf(server: SirveClient, model: string, alias: string): Promise<number> {
  const { aliases } = await server.admin.listAliases({ params: { model } });
  const found = aliases.find((one) => one.alias === alias);
  if (found !== undefined) return found.version;
  throw new PlatformError("not_found", `${model} has no alias ${alias}`, {
    field: "model",
    got: `${model}@${alias}`,
    expected: aliases.map((one) => `${model}@${one.alias}`).join(", ") || "a version",
  });
}

async function keep(
  body: ReadableStream<Uint8Array> | null,
  path: string,
  { name, digest, bytes }: Omit<ModelFile, "path">,
): Promise<void> {
  const hash = createHash("sha256");
  let count = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      count += chunk.length;
      done(count > bytes ? new Error(`${name} is longer than ${bytes} bytes`) : null, chunk);
    },
  });
  await pipeline(
    body === null ? Readable.from([]) : Readable.fromWeb(body),
    measure,
    createWriteStream(path),
  );
  const got = hash.digest("hex");
  if (got === digest && count === bytes) return;
  throw new PlatformError("internal", `${name} came otherwise than the registry says`, {
    field: name,
    got: `${count} bytes of SHA-256 ${got}`,
    expected: `${bytes} bytes of SHA-256 ${digest}`,
  });
}

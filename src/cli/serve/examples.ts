import { readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { z } from "zod";
import { PlatformError } from "../../base/index.ts";

/** `requests.json` of a folder of example data: what to send to each model. */
const requestsSchema = z.record(
  z.string(),
  z.strictObject({ file: z.string().regex(/^[\w.-]+$/), contentType: z.string().regex(/^[\w./+-]+$/) }),
);

/** What there is to send, and the folder where it lies. */
export interface Examples {
  readonly folder: string;
  readonly requests: z.infer<typeof requestsSchema>;
}

/**
 * The examples of a folder of models: `requests.json` beside it, in `../data`.
 *
 * @throws PlatformError `not_found` without that file, `invalid_argument` if it is wrong.
 */
export function readExamples(modelsFolder: string): Examples {
  const folder = resolve(modelsFolder, "..", "data");
  return { folder, requests: readRequests(join(folder, "requests.json")) };
}

/** One `curl` for each of `models` that there is an example for; each works as pasted in the current folder. */
export function exampleCommands(
  { folder, requests }: Examples,
  models: readonly string[],
  url: string,
): string[] {
  return models.flatMap((model) => {
    const example = Object.hasOwn(requests, model) ? requests[model] : undefined;
    if (!example) return [];
    const file = quoted(`@${relative(process.cwd(), join(folder, example.file))}`);
    return [
      `curl -s ${url}/predict/${model} -H 'content-type: ${example.contentType}' --data-binary ${file}`,
    ];
  });
}

function readRequests(path: string): z.infer<typeof requestsSchema> {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new PlatformError("not_found", `no examples: ${path} cannot be read`, {
      field: "--example",
      got: path,
      hint: 'it maps models to {"file", "contentType"} in the folder data beside the models; or leave --example out',
      cause,
    });
  }
  const result = requestsSchema.safeParse(json);
  if (result.success) return result.data;
  throw new PlatformError("invalid_argument", `${path} is wrong\n${z.prettifyError(result.error)}`, {
    field: "--example",
  });
}

/** A word for a POSIX shell. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

import type { Description } from "./api.ts";
import { grpcurl } from "./grpc-sample.ts";
import { sampleInputs, sampleRow } from "./sample-row.ts";
import { shellText } from "./shell-text.ts";

/** The same request in the ways that people call a server. */
export interface CodeSample {
  readonly name: string;
  readonly code: string;
}

const FILES = {
  image: { file: "picture.png", type: "image/png" },
  sound: { file: "sound.wav", type: "audio/wav" },
  text: { file: "text.txt", type: "text/plain" },
} as const;

export interface Asked {
  /** Address of the server. */
  readonly url: string;
  /** Model or endpoint. */
  readonly name: string;
  readonly description: Description;
  /** The rows to send; undefined: an example. */
  readonly rows?: readonly object[] | undefined;
  /** Where gRPC listens; undefined: nowhere that is known. */
  readonly grpcPort: number | undefined;
  /** Callers show a key. */
  readonly hasKey: boolean;
}

/** curl, Python, TypeScript and grpcurl for a model, filled in. */
export function codeSamples(asked: Asked): CodeSample[] {
  const { takes } = asked.description;
  const samples = takes === undefined ? rowSamples(asked) : fileSamples(asked, FILES[takes]);
  const grpc = grpcurl(asked);
  return grpc === undefined ? samples : [...samples, { name: "grpcurl", code: grpc }];
}

const header = ({ hasKey }: Asked) => (hasKey ? ' \\\n  -H "Authorization: Bearer $SIRVE_API_KEY"' : "");
const pythonKey = ({ hasKey }: Asked) => (hasKey ? ', key=os.environ["SIRVE_API_KEY"]' : "");
const importOs = ({ hasKey }: Asked) => (hasKey ? "import os\n" : "");
const scriptKey = ({ hasKey }: Asked) => (hasKey ? ', key: process.env["SIRVE_API_KEY"]' : "");

function bodyOf({ description, rows }: Asked): object {
  if (rows) return { rows };
  if (description.columns.length > 0) return { rows: [sampleRow(description.columns)] };
  return { inputs: sampleInputs(description) };
}

function rowSamples(asked: Asked): CodeSample[] {
  const { url, name } = asked;
  const body = bodyOf(asked);
  const json = JSON.stringify(body);
  const rows = "rows" in body ? JSON.stringify(body.rows) : undefined;
  return [
    {
      name: "curl",
      code: `curl ${url}/predict/${name}${header(asked)} \\\n  -H 'content-type: application/json' \\\n  -d ${shellText(json)}`,
    },
    {
      name: "Python",
      code: `${importOs(asked)}from sirve import Client\n\nwith Client("${url}"${pythonKey(asked)}) as sirve:\n    answer = sirve.predict("${name}", ${pythonText(rows ?? json)})\n    print(answer.predictions)`,
    },
    {
      name: "TypeScript",
      code: `import { createClient } from "sirve/client";\n\nconst sirve = createClient({ url: "${url}"${scriptKey(asked)} });\nconst { predictions } = await sirve.predict("${name}", ${json});`,
    },
  ];
}

function fileSamples(
  asked: Asked,
  { file, type }: { readonly file: string; readonly type: string },
): CodeSample[] {
  const { url, name } = asked;
  return [
    {
      name: "curl",
      code: `curl ${url}/predict/${name}${header(asked)} \\\n  -H 'content-type: ${type}' --data-binary @${file}`,
    },
    {
      name: "Python",
      code: `${importOs(asked)}from sirve import Client\n\nwith Client("${url}"${pythonKey(asked)}) as sirve:\n    print(sirve.predict_file("${name}", "${file}").predictions)`,
    },
    {
      name: "TypeScript",
      code: `import { openAsBlob } from "node:fs";\nimport { createClient } from "sirve/client";\n\nconst sirve = createClient({ url: "${url}"${scriptKey(asked)} });\nconst file = await openAsBlob("${file}", { type: "${type}" });\nconst { predictions } = await sirve.predictFile("${name}", file);`,
    },
  ];
}

/** JSON as Python writes it. Texts are left as they are. */
const pythonText = (json: string) =>
  json.replaceAll(/"(?:[^"\\]|\\.)*"|\b(?:true|false|null)\b/g, (token) => PYTHON.get(token) ?? token);

const PYTHON = new Map([
  ["true", "True"],
  ["false", "False"],
  ["null", "None"],
]);

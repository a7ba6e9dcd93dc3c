import { readFileSync } from "node:fs";
import { benchmarksPage } from "../bench/kit/page.ts";
import { STATUS } from "../src/base/index.ts";
import { configJsonSchema, configReference } from "../src/config/index.ts";
import { typedManifestSchema } from "../src/prepare/index.ts";
import { pipelineSchema, remoteSchema } from "../src/runtimes/index.ts";
import { manifestReference } from "./manifest-page.ts";
import { inputSchema } from "./schema-table.ts";

/** A file of the repository that is printed from the sources. */
export interface Page {
  readonly path: string;
  readonly print: () => string;
}

/** Every printed file; `npm run docs` writes them, and a test compares them. */
export const pages: readonly Page[] = [
  { path: "docs/configuration.md", print: configReference },
  { path: "schemas/sirve.schema.json", print: configJsonSchema },
  { path: "docs/errors.md", print: errorReference },
  { path: "docs/manifest.md", print: manifestReference },
  { path: "schemas/model.schema.json", print: manifestJsonSchema },
  { path: "schemas/pipeline.schema.json", print: pipelineJsonSchema },
  { path: "schemas/remote.schema.json", print: remoteJsonSchema },
  { path: "docs/benchmarks.md", print: benchmarksPage },
  { path: "THIRD-PARTY-NOTICES.md", print: thirdPartyNotices },
];

const ERRORS_INTRODUCTION = `# Errors

Every error has one code. The table gives the HTTP and gRPC status that a code has by default; a protocol whose
contract demands another one answers with that (see docs/open-inference.md). On the native API an error is
\`application/problem+json\` (RFC 9457) with \`code\`, \`requestId\`, and where they apply \`field\`, \`got\`, \`expected\`
and \`hint\`. A client may repeat a request whose code says *retry*, after \`Retry-After\` where it is sent.

This page is printed from src/base/error.ts: \`npm run docs\`.

| code | meaning | HTTP | gRPC | retry |
|---|---|---|---|---|
`;

function errorReference(): string {
  const rows = Object.entries(STATUS).map(
    ([code, { meaning, http, grpc, retry }]) =>
      `| \`${code}\` | ${meaning} | ${http} | ${grpc} | ${retry ? "yes" : "no"} |\n`,
  );
  return ERRORS_INTRODUCTION + rows.join("");
}

function manifestJsonSchema(): string {
  const schema = inputSchema(typedManifestSchema);
  return `${JSON.stringify({ ...schema, title: "Manifest of a model, version 1" }, undefined, 2)}\n`;
}

function pipelineJsonSchema(): string {
  const schema = inputSchema(pipelineSchema);
  return `${JSON.stringify({ ...schema, title: "Pipeline, version 1" }, undefined, 2)}\n`;
}

function remoteJsonSchema(): string {
  return `${JSON.stringify({ ...inputSchema(remoteSchema), title: "A model that another server runs" }, undefined, 2)}\n`;
}

const NOTICES_INTRODUCTION = `# Third-party notices

What \`npm install sirve\` installs beside Sirve, on any platform. Nothing of it is copied into Sirve; each package
brings the text of its licence. Printed from package-lock.json: \`npm run docs\`.

| package | version | licence |
|---|---|---|
`;

/** One entry of package-lock.json. */
interface LockedPackage {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
}

function thirdPartyNotices(): string {
  const lock = JSON.parse(readFileSync("package-lock.json", "utf8")) as {
    readonly packages: Readonly<Record<string, LockedPackage>>;
  };
  const rows = Object.entries(lock.packages)
    .filter(([path, { dev }]) => path !== "" && dev !== true)
    .map(([path, { version, license }]) => {
      const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
      return `| ${name} | ${version ?? "?"} | ${license ?? "see the package"} |\n`;
    });
  return NOTICES_INTRODUCTION + [...new Set(rows)].join("");
}

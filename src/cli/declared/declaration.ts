import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { PlatformError } from "../../base/index.ts";

const texts = z.record(z.string(), z.string());

const version = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z][\w.-]*$/)
    .optional(),
  path: z.string().min(1),
  metrics: z.record(z.string(), z.number()).default({}),
  tags: texts.optional(),
  data: z.string().optional(),
  code: z.string().optional(),
  run: z.string().optional(),
});

const model = z.strictObject({
  description: z.string().optional(),
  tags: texts.optional(),
  versions: z.array(version).default([]),
  aliases: z.record(z.string(), z.union([z.int().min(1), z.string()])).default({}),
});

const endpoint = z.strictObject({
  variants: z
    .array(z.strictObject({ name: z.string(), target: z.string(), weight: z.number().min(0) }))
    .min(1),
  shadow: z
    .strictObject({
      target: z.string(),
      percent: z.number().default(100),
      maxConcurrency: z.int().default(4),
      tolerance: z.number().default(1e-3),
    })
    .optional(),
  splitKey: z.string().optional(),
  salt: z.string().default(""),
});

/** A bad entry is told and left out, so that it never holds up the rest. */
const deploy = z.strictObject({
  models: z.record(z.string(), z.unknown()).default({}),
  endpoints: z.record(z.string(), z.unknown()).default({}),
});

export type DeclaredVersion = z.output<typeof version>;
export type DeclaredModel = z.output<typeof model>;
export type EndpointSettings = z.output<typeof endpoint>;

/** What `deploy:` of a settings file says. */
export interface Declaration {
  readonly models: ReadonlyMap<string, DeclaredModel>;
  readonly endpoints: ReadonlyMap<string, EndpointSettings>;
  /** Entries that are wrong; the others count all the same. */
  readonly problems: readonly string[];
}

/** Reads `deploy:` of a sirve.yaml; paths are taken from the file's folder. @throws PlatformError if there is none. */
export function readDeclaration(path: string): Declaration {
  const section = z.looseObject({ deploy }).safeParse(document(path));
  if (!section.success) {
    throw new PlatformError("invalid_argument", `${path} declares nothing: ${issueText(section.error)}`, {
      field: "deploy",
      expected: "deploy: with models and endpoints",
    });
  }
  const problems: string[] = [];
  const models = entries(section.data.deploy.models, model, "deploy.models", problems);
  const from = dirname(resolve(path));
  for (const { versions } of models.values()) {
    for (const one of versions) one.path = resolve(from, one.path);
  }
  const endpoints = entries(section.data.deploy.endpoints, endpoint, "deploy.endpoints", problems);
  return { models, endpoints, problems };
}

function document(path: string): unknown {
  try {
    return parse(readFileSync(path, "utf8"), { maxAliasCount: 0 });
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split("\n", 1)[0] ?? "") : String(cause);
    throw new PlatformError("invalid_argument", `${path} cannot be read: ${reason}`, {
      field: "--config",
      cause,
    });
  }
}

function entries<T extends z.ZodType>(
  given: Readonly<Record<string, unknown>>,
  schema: T,
  where: string,
  problems: string[],
): Map<string, z.output<T>> {
  const found = new Map<string, z.output<T>>();
  for (const [name, value] of Object.entries(given)) {
    const parsed = schema.safeParse(value);
    if (parsed.success) found.set(name, parsed.data);
    else problems.push(`${where}.${name}: ${issueText(parsed.error)}`);
  }
  return found;
}

function issueText({ issues }: z.ZodError): string {
  const [first] = issues;
  return first === undefined ? "wrong" : `${first.path.join(".")} ${first.message}`.trim();
}

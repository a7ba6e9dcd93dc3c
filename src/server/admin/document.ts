import { z } from "zod";
import { type Operation, operations } from "../../admin/index.ts";
import type { ManagementDocument } from "../../protocols/index.ts";

type JsonSchema = Readonly<Record<string, unknown>>;

const TAGS: Readonly<Record<Operation["tag"], string>> = {
  models: "What is served, and changing it.",
  versions: "Adding, comparing, promoting and rolling back versions; their files.",
  endpoints: "Stable names over weighted variants, and shadows.",
  access: "Who may do what.",
  server: "The server itself, its audit log, events and backup.",
};

/** The management API as a part of the OpenAPI document, printed from the schemas that check its requests. */
export function managementDocument(): ManagementDocument {
  const paths: Record<string, Record<string, JsonSchema>> = {};
  for (const [id, operation] of Object.entries(operations)) {
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method.toLowerCase()]: describe(id, operation),
    };
  }
  const tags = Object.entries(TAGS).map(([name, description]) => ({ name, description }));
  const securitySchemes = {
    bearer: { type: "http", scheme: "bearer", description: "An API key, or a token of the issuer." },
    key: { type: "apiKey", in: "header", name: "X-API-Key", description: "An API key." },
  };
  return { tags, paths: paths as ManagementDocument["paths"], securitySchemes };
}

function describe(id: string, operation: Operation): JsonSchema {
  const { tag, summary, role, needsRegistry, body } = operation;
  const needs = needsRegistry ? " Needs a registry (--data)." : "";
  const schema = printed(body, "input");
  const hasBody = Object.keys(schema["properties"] ?? {}).length > 0;
  return {
    operationId: id,
    tags: [tag],
    summary,
    description: `Role: ${role}.${needs}`,
    parameters: [
      ...named(operation.params, "path"),
      ...named(operation.query, "query"),
      ...headersOf(operation),
    ],
    ...(hasBody && {
      requestBody: { required: isRequired(schema), content: { "application/json": { schema } } },
    }),
    ...(operation.raw === "bytes-in" && { requestBody: { required: true, content: BYTES } }),
    responses: { [operation.status]: answerOf(id, operation), default: PROBLEM },
    security: [{}, { bearer: [] }, { key: [] }],
  };
}

const BYTES = { "application/octet-stream": { schema: { type: "string", format: "binary" } } };
const EVENTS = { "text/event-stream": { schema: { type: "string" } } };
const PROBLEM = {
  description: "What was wrong.",
  content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
};

function answerOf(id: string, { raw, status, summary, answer, method, hasRevision }: Operation): JsonSchema {
  const headers = {
    ...(hasRevision && status !== 204 && { ETag: textHeader("The revision, for If-Match.") }),
    ...(status === 201 && { Location: textHeader("Where it lies, where it has a path.") }),
    ...(id.startsWith("upload") && UPLOAD_HEADERS),
  };
  const described = { description: summary, ...(Object.keys(headers).length > 0 && { headers }) };
  if (raw === "bytes-out") return { ...described, content: BYTES };
  if (raw === "events") return { ...described, content: EVENTS };
  if (status === 204 || method === "HEAD") return described;
  return { ...described, content: { "application/json": { schema: printed(answer, "output") } } };
}

const textHeader = (description: string) => ({ description, schema: { type: "string" } });
const UPLOAD_HEADERS = {
  "Upload-Offset": { description: "Bytes that are kept.", schema: { type: "integer" } },
  "Upload-Complete": { description: "Whether it is whole.", schema: { type: "boolean" } },
};

function headersOf({ hasRevision, takesIdempotencyKey, method, raw, path }: Operation): JsonSchema[] {
  const header = (name: string, description: string) => ({ name, in: "header", ...textHeader(description) });
  return [
    ...(hasRevision && method !== "GET"
      ? [header("If-Match", "ETag that it must still have; else 412.")]
      : []),
    ...(method === "PUT" && hasRevision ? [header("If-None-Match", '"*": only if it is new.')] : []),
    ...(takesIdempotencyKey ? [header("Idempotency-Key", "The first answer is given again for a day.")] : []),
    ...(raw === "bytes-in" ? [header("Upload-Offset", "Where these bytes begin; default 0.")] : []),
    ...(raw === "events" && method === "GET" ? [header("Last-Event-ID", "Go on after this event.")] : []),
    ...(path.endsWith("/{file}") ? [header("Range", '"bytes=N-": from byte N on.')] : []),
  ];
}

/** The fields of an object as parameters. */
function named(schema: z.ZodType, place: "path" | "query"): JsonSchema[] {
  const object = printed(schema, "input");
  const fields = Object.entries((object["properties"] ?? {}) as Record<string, JsonSchema>);
  const required = new Set((object["required"] ?? []) as string[]);
  return fields.map(([name, { description, ...field }]) => ({
    name,
    in: place,
    required: place === "path" || required.has(name),
    ...(description !== undefined && { description }),
    schema: field,
  }));
}

const isRequired = ({ required }: JsonSchema) => Array.isArray(required) && required.length > 0;

function printed(schema: z.ZodType, io: "input" | "output"): JsonSchema {
  const {
    $schema: _version,
    $defs: _shared,
    ...rest
  } = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  return withoutReferences(rest) as JsonSchema;
}

/** The one schema that refers to itself is that of any JSON, which says nothing. */
function withoutReferences(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withoutReferences);
  if (typeof node !== "object" || node === null) return node;
  if ("$ref" in node) return {};
  return Object.fromEntries(Object.entries(node).map(([name, child]) => [name, withoutReferences(child)]));
}

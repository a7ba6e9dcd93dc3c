import { z } from "zod";
import type { Operation } from "../../admin/index.ts";
import { PlatformError } from "../../base/index.ts";
import type { HttpRequest } from "../../protocols/index.ts";
import { readJsonBody } from "./json-body.ts";

const MAX_SHOWN = 20;

/** Path, query and body as sent, by where they stood. */
type Sent = Readonly<Record<"params" | "query" | "body", unknown>>;

/**
 * The checked input of an operation, with defaults filled in.
 *
 * @throws PlatformError `invalid_argument` naming every wrong field, what came and what was expected.
 */
export function readCall<O extends Operation>(
  operation: O,
  request: HttpRequest,
): { params: z.output<O["params"]>; query: z.output<O["query"]>; body: z.output<O["body"]> } {
  const sent: Sent = {
    params: request.params,
    query: readQuery(request.query),
    body: operation.raw === "bytes-in" ? {} : readJsonBody(request),
  };
  const { params, query, body } = operation;
  const read = z.strictObject({ params, query, body }).safeParse(sent);
  if (!read.success) throw invalidCall(read.error.issues, sent);
  return read.data as ReturnType<typeof readCall<O>>;
}

function readQuery(query: URLSearchParams): object {
  const read: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [name, value] of query) {
    if (Object.hasOwn(read, name)) throw givenTwice(name);
    read[name] = value;
  }
  // A plain object, whose own properties alone are seen.
  return Object.fromEntries(Object.entries(read));
}

interface Wrong {
  readonly field: string;
  readonly got: string;
  readonly expected: string;
}

function invalidCall(issues: readonly z.core.$ZodIssue[], sent: Sent): PlatformError {
  const wrong = issues.flatMap((issue) => describe(issue, sent));
  const shown = wrong
    .slice(0, MAX_SHOWN)
    .map(({ field, got, expected }) => `${field}: got ${got}, expected ${expected}`);
  if (wrong.length > MAX_SHOWN) shown.push(`and ${wrong.length - MAX_SHOWN} more`);
  const [first] = wrong;
  return new PlatformError("invalid_argument", shown.join("; "), first && { ...first });
}

function describe(issue: z.core.$ZodIssue, sent: Sent): Wrong[] {
  const field = printPath(issue.path);
  if (issue.code === "unrecognized_keys") {
    const expected = "no such field";
    return issue.keys.map((key) => ({ field: `${field}.${short(key)}`, got: "a value", expected }));
  }
  return [{ field, got: printValue(valueAt(sent, issue.path)), expected: expectation(issue) }];
}

const KINDS = new Map<string, string>([
  ["int", "a whole number"],
  ["number", "a number"],
  ["string", "a text"],
  ["boolean", "true or false"],
  ["array", "an array"],
  ["object", "an object"],
  ["record", "an object"],
]);

function expectation(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_type") return KINDS.get(issue.expected) ?? issue.expected;
  if (issue.code === "invalid_value") return issue.values.map(String).join(" or ");
  return issue.message
    .replace(/^(?:Invalid input: )?expected /, "")
    .replace(/^Too (?:big|small): expected \w+ to /, "");
}

/** "params.model" is "model" to whoever reads the path; fields of query and body say where they stand. */
function printPath(path: readonly PropertyKey[]): string {
  const [place, ...names] = path.map((name) => short(String(name)));
  const below = names.map((name) => (/^[0-9]+$/.test(name) ? `[${name}]` : `.${name}`)).join("");
  return place === "params" ? below.slice(1) || "path" : `${place}${below}`;
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root;
  for (const name of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[name];
  }
  return value;
}

function printValue(value: unknown): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === "object" && value !== null) return "an object";
  return short(JSON.stringify(value) ?? "nothing");
}

const short = (text: string) => (text.length > 80 ? `${text.slice(0, 80)}…` : text);

function givenTwice(name: string): PlatformError {
  const field = `query.${short(name)}`;
  return new PlatformError("invalid_argument", `${field} is given more than once`, {
    field,
    got: "several values",
    expected: "one",
  });
}

/** A Content-Type or Accept entry: lower-case type, parameters by lower-case name. */
export interface MediaType {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** What answers with predictions can be written as. */
export type AnswerType = "application/json" | "text/csv" | "application/x-ndjson";

const TOKEN = /^[a-z0-9!#$&^_.+*-]+\/[a-z0-9!#$&^_.+*-]+$/;

/** Reads a Content-Type header; type "" if there is none or it is malformed. @see RFC 9110, 8.3.1. */
export function parseMediaType(header: string | undefined): MediaType {
  const [type = "", ...rest] = (header ?? "").split(";");
  const name = type.trim().toLowerCase();
  const parameters = new Map<string, string>();
  for (const part of rest) {
    const at = part.indexOf("=");
    if (at > 0) parameters.set(part.slice(0, at).trim().toLowerCase(), unquote(part.slice(at + 1).trim()));
  }
  return { type: TOKEN.test(name) ? name : "", parameters };
}

/** The media type of an answer: the first of ours that the client names; JSON for all else. */
export function chooseAnswerType(accept: string | undefined): AnswerType {
  if (accept === undefined || accept === "*/*" || accept === "application/json") return "application/json";
  for (const entry of accept.split(",")) {
    const { type } = parseMediaType(entry);
    if (type === "text/csv" || type === "application/x-ndjson" || type === "application/json") return type;
    if (type === "application/jsonl" || type === "application/ndjson") return "application/x-ndjson";
  }
  return "application/json";
}

/** Whether a type is newline-delimited JSON, under any of its names. */
export function isNdjson(type: string): boolean {
  return /^application\/(x-ndjson|ndjson|jsonl|x-jsonlines|jsonlines)$/.test(type);
}

function unquote(text: string): string {
  return text.startsWith('"') && text.endsWith('"') && text.length > 1
    ? text.slice(1, -1).replaceAll(/\\(.)/g, "$1")
    : text;
}

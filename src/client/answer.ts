import { SirveError } from "./error.ts";

/** A whole answer. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array<ArrayBuffer>;
  text(): string;
  /** @throws SirveError `internal` if it is no JSON. */
  json(): unknown;
}

/** How the text of JSON becomes values. */
export type ParseJson = (text: string) => unknown;

/** Reads an answer to its end. */
export async function readAnswer(reply: Response, path: string, parse: ParseJson): Promise<Answer> {
  const bytes = new Uint8Array(await reply.arrayBuffer());
  const text = () => new TextDecoder().decode(bytes);
  const json = () => parsed(text(), parse, { status: reply.status, path });
  return { status: reply.status, headers: reply.headers, bytes, text, json };
}

/** The values in a text. @throws SirveError `internal` if it is no JSON. */
export function parsed(
  text: string,
  parse: ParseJson,
  { status, path }: { readonly status: number; readonly path: string },
): unknown {
  try {
    return parse(text);
  } catch (cause) {
    const hint = "is that the address of a Sirve server?";
    throw new SirveError(
      `the answer to ${path} is no JSON`,
      { status, code: "internal", got: text.slice(0, 80), hint },
      cause,
    );
  }
}

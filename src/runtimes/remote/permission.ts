import { PlatformError } from "../../base/index.ts";
import type { Remote } from "./remote-file.ts";

/** A file of a version must not make this server ask whom it likes. @throws PlatformError `failed_precondition`. */
export function originAllowed({ origin }: URL, allowed: readonly string[]): void {
  if (allowed.some((one) => URL.canParse(one) && new URL(one).origin === origin)) return;
  throw new PlatformError("failed_precondition", `this server may not ask ${origin}`, {
    field: "engine.allowRemote",
    got: origin,
    expected: allowed.length === 0 ? "nothing: no origin is allowed" : allowed.join(" or "),
    hint: `start it with --engine-allow-remote ${origin} if you trust that server and everyone who can add models`,
  });
}

/** Where the values of headers come from. */
export interface Secrets {
  /** Environment variables whose values may be sent. */
  readonly secrets: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The headers with their values. @throws PlatformError `failed_precondition` naming the header; values are never shown. */
export function headersOf({ headers }: Remote, { secrets, env }: Secrets): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, { env: variable }]) => {
      const field = `headers.${name}`;
      if (!secrets.includes(variable)) throw notNamed(field, variable);
      const value = env[variable] ?? "";
      if (/^[\t\u0020-\u007e]+$/.test(value)) return [name.toLowerCase(), value];
      throw new PlatformError("failed_precondition", `${variable} holds nothing that a header carries`, {
        field,
        got: value === "" ? "nothing" : "a character outside ASCII",
        expected: "one line of text in the server's environment",
      });
    }),
  );
}

function notNamed(field: string, variable: string): PlatformError {
  return new PlatformError("failed_precondition", `this server may not send ${variable} to others`, {
    field,
    got: variable,
    expected: "a variable among engine.remoteSecrets",
    hint: `start it with --engine-remote-secrets ${variable}: other variables of the server stay its own`,
  });
}

import { readFileSync } from "node:fs";
import { PlatformError } from "../base/index.ts";
import { processEnvironment } from "../config/index.ts";

/** What a TLS connection needs beside the system's own authorities. */
export interface TlsFiles {
  /** Authorities, PEM. */
  readonly ca?: Buffer;
  /** The client's certificate with its key, PEM. */
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

/** Everything that a connection to the server takes. */
export interface Connection {
  readonly url: URL;
  readonly key: string | undefined;
  readonly tls: TlsFiles;
}

/** The options that say how to reach a server. */
export interface ConnectionOptions {
  readonly url: string;
  readonly key?: string;
  readonly keyFile?: string;
  readonly caFile?: string;
  readonly certFile?: string;
  readonly certKeyFile?: string;
}

/** Reads the options with the files that they name. @throws PlatformError naming the option that is wrong. */
export function connectionOf(options: ConnectionOptions): Connection {
  const { caFile, certFile, certKeyFile } = options;
  if ((certFile === undefined) !== (certKeyFile === undefined)) {
    throw new PlatformError("invalid_argument", "a client's certificate and its key are given together", {
      field: certFile === undefined ? "--cert-file" : "--cert-key-file",
      got: "nothing",
      expected: "a PEM file",
    });
  }
  return {
    url: parseUrl(options.url),
    key: keyOf(options),
    tls: {
      ...(caFile !== undefined && { ca: bytesOf(caFile, "--ca-file") }),
      ...(certFile !== undefined && { cert: bytesOf(certFile, "--cert-file") }),
      ...(certKeyFile !== undefined && { key: bytesOf(certKeyFile, "--cert-key-file") }),
    },
  };
}

/** The address of a server. @throws PlatformError `invalid_argument`, naming `field`. */
export function parseUrl(url: string, field = "--url"): URL {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed && /^https?:$/.test(parsed.protocol) && parsed.hostname !== "") return parsed;
  throw new PlatformError("invalid_argument", `${field} is no address of a server`, {
    field,
    got: url,
    expected: "http://HOST:PORT",
  });
}

/** The key to send: of the option, the file, or the environment. */
function keyOf({ key, keyFile }: ConnectionOptions): string | undefined {
  const given = key ?? (keyFile === undefined ? undefined : bytesOf(keyFile, "--key-file").toString().trim());
  const wanted = given ?? processEnvironment()["SIRVE_API_KEY"];
  if (wanted === undefined || wanted === "") return undefined;
  // Never shown: the message names where it came from only.
  if (/^[\u0021-\u007e]+$/.test(wanted)) return wanted;
  throw new PlatformError("invalid_argument", "the key holds a character that no header carries", {
    field: key !== undefined ? "--key" : keyFile !== undefined ? "--key-file" : "SIRVE_API_KEY",
    expected: "one line without spaces",
  });
}

function bytesOf(path: string, field: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    const reason = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
    throw new PlatformError("not_found", `${field} cannot be read${reason}`, { field, got: path, cause });
  }
}

import { readFileSync, statSync } from "node:fs";
import { createSecureContext, type SecureContextOptions, type TlsOptions } from "node:tls";
import { type Clock, PlatformError } from "../base/index.ts";
import type { Config } from "../config/index.ts";
import type { Logger } from "../telemetry/index.ts";

/** What takes a new certificate while it runs. */
interface Reloadable {
  setSecureContext(options: SecureContextOptions): void;
}

/**
 * Certificate and key of a server, from files that may be replaced while it runs: new connections get the new
 * pair, those that are open stay. A pair that does not work is logged, and the one before stays.
 */
export class TlsFiles {
  readonly #settings: Config["tls"];
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #servers: Reloadable[] = [];
  #stamp: string;
  #cancel: () => void = () => {};
  #isClosed = false;
  readonly #lookMs: number;
  readonly options: TlsOptions;

  /** @throws PlatformError `invalid_argument` if a file cannot be read or the pair does not work. */
  constructor(settings: Config["tls"], clock: Clock, logger: Logger, lookMs: number) {
    this.#settings = settings;
    this.#clock = clock;
    this.#logger = logger;
    this.#lookMs = lookMs;
    this.#stamp = this.#look();
    this.options = {
      ...this.#read(),
      minVersion: "TLSv1.2",
      requestCert: settings.clientCaFile !== "",
      rejectUnauthorized: settings.requireClientCert,
    };
    this.#arm();
  }

  /** Gives a server each new pair. */
  follow(server: Reloadable): void {
    this.#servers.push(server);
  }

  close(): void {
    this.#isClosed = true;
    this.#cancel();
  }

  #arm(): void {
    if (this.#isClosed) return;
    this.#cancel = this.#clock.after(this.#lookMs, () => {
      this.reload();
      this.#arm();
    });
  }

  /** Takes new files over, if there are any. */
  reload(): void {
    const stamp = this.#look();
    if (stamp === this.#stamp) return;
    this.#stamp = stamp;
    try {
      const pair = this.#read();
      for (const server of this.#servers) server.setSecureContext({ ...pair, minVersion: "TLSv1.2" });
      this.#logger.info("the certificate was replaced", { file: this.#settings.certFile });
    } catch (thrown) {
      this.#logger.error("the new certificate does not work; the one before stays", {
        reason: PlatformError.from(thrown).message,
      });
    }
  }

  #files(): readonly string[] {
    const { certFile, keyFile, clientCaFile } = this.#settings;
    return [certFile, keyFile, clientCaFile].filter((path) => path !== "");
  }

  #look(): string {
    const stats = this.#files().map((path) => statSync(path, { throwIfNoEntry: false }));
    return stats.map((found) => (found ? `${found.mtimeMs} ${found.size} ${found.ino}` : "none")).join(", ");
  }

  #read(): SecureContextOptions {
    const { certFile, keyFile, clientCaFile } = this.#settings;
    const pair = {
      cert: readPem("tls.certFile", certFile),
      key: readPem("tls.keyFile", keyFile),
      ...(clientCaFile !== "" && { ca: readPem("tls.clientCaFile", clientCaFile) }),
    };
    try {
      createSecureContext(pair);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : "it is refused";
      throw unusable("tls.certFile", certFile, `certificate and key do not work: ${reason}`, cause);
    }
    return pair;
  }
}

/** The certificate of a configuration; undefined where there is no TLS. @throws PlatformError `invalid_argument`. */
export function openTls({ tls, pollMs }: Config, clock: Clock, logger: Logger): TlsFiles | undefined {
  if (tls.certFile !== "" && tls.keyFile !== "") return new TlsFiles(tls, clock, logger, pollMs);
  const given = Object.entries(tls).find(([, value]) => value !== "" && value !== false);
  if (!given) return undefined;
  const missing = tls.certFile === "" ? "tls.certFile" : "tls.keyFile";
  throw new PlatformError("invalid_argument", `tls.${given[0]} is set, and ${missing} is not`, {
    field: missing,
    got: "nothing",
    expected: "a file in PEM",
  });
}

function readPem(field: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unreadable";
    throw unusable(field, path, `${path} cannot be read (${code})`, cause);
  }
}

function unusable(field: string, got: string, problem: string, cause: unknown): PlatformError {
  return new PlatformError("invalid_argument", problem, { field, got, expected: "PEM", cause });
}

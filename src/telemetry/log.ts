import { pino } from "pino";
import { prettyLine } from "./log-line.ts";

export type LogLevel = "debug" | "info" | "warn" | "error";

/** What a log line says beside its message. An `error` field may be any thrown value. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Writes one line per event. Never throws, never waits. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** Where lines go; `process.stderr` fits. */
export interface LogStream {
  readonly isTTY?: boolean;
  write(line: string): unknown;
}

export interface LoggerOptions {
  readonly level: LogLevel | "silent";
  /** JSON, one object per line, or short lines for people; undefined: short on a terminal. */
  readonly format?: "json" | "pretty";
  /** Defaults to standard error: standard output belongs to what a command prints. */
  readonly stream?: LogStream;
}

/** Fields whose values are never written, wherever they stand. */
const SECRETS = ["authorization", "cookie", "password", "secret", "token", "apiKey"];

/** A logger that writes to a stream: pino's JSON, or the same facts on a short line. */
export function createLogger({ level, format, stream = process.stderr }: LoggerOptions): Logger {
  const isPretty = (format ?? (stream.isTTY === true ? "pretty" : "json")) === "pretty";
  const destination = {
    write: (line: string) => void stream.write(isPretty ? prettyLine(line) : escapeControls(line)),
  };
  const options = {
    level,
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { error: describeError },
    redact: { paths: SECRETS.flatMap((name) => [name, `*.${name}`]), censor: "[not logged]" },
  };
  return wrap(pino(options, destination));
}

/** A logger that says nothing, for tests and tools. */
export const silentLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
};

type Pino = ReturnType<typeof pino>;

function wrap(log: Pino): Logger {
  return {
    debug: (message, fields) => log.debug(fields ?? {}, message),
    info: (message, fields) => log.info(fields ?? {}, message),
    warn: (message, fields) => log.warn(fields ?? {}, message),
    error: (message, fields) => log.error(fields ?? {}, message),
  };
}

/** Facts of a thrown value, its causes included, four deep: a chain may be circular. */
function describeError(thrown: unknown, depth = 0): unknown {
  if (!(thrown instanceof Error)) return String(thrown);
  const { name, message, stack, cause } = thrown;
  const code = "code" in thrown ? thrown.code : undefined;
  const details = "details" in thrown ? thrown.details : undefined;
  const because = cause === undefined || depth >= 3 ? undefined : describeError(cause, depth + 1);
  return { name, code, message, details, stack, cause: because };
}

/** JSON escapes C0 itself; DEL, C1, line separators and turns of direction would still reach a terminal. */
function escapeControls(line: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
  return line.replace(
    /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { PlatformError } from "../../base/index.ts";
import { type Engine, outAddress, takeFailure } from "./engine.ts";
import { type EngineFailure, loadError } from "./engine-error.ts";
import { type Address, addressOf, openLibc } from "./ffi.ts";
import { withTexts } from "./native-text.ts";
import { addConfig, createSessionOptions, type SessionSettings } from "./session-options.ts";

export interface LoadRequest {
  readonly path: string;
  readonly settings: SessionSettings;
  /** Outputs whose ZipMap is taken away. */
  readonly zipMaps: readonly string[];
}

/** A created session, or why there is none. A value, because it is sent between threads. */
export type LoadReply =
  | {
      readonly kind: "created";
      readonly session: Address;
      /** Native memory that the session takes. */
      readonly heapBytes: number;
    }
  | { readonly kind: "failed"; readonly failure: EngineFailure }
  | { readonly kind: "refused"; readonly error: RefusedText };

/** A PlatformError as a value. */
export interface RefusedText {
  readonly code: PlatformError["code"];
  readonly message: string;
  readonly details: PlatformError["details"];
}

/** Why there is no session, as an error for people. */
export function refusal(reply: Exclude<LoadReply, { kind: "created" }>, path: string): PlatformError {
  if (reply.kind === "failed") return loadError(reply.failure, path);
  const { code, message, details } = reply.error;
  return new PlatformError(code, message, details);
}

/** Creates a session on this thread, blocking it. Never throws. */
export async function createSession(engine: Engine, request: LoadRequest): Promise<LoadReply> {
  const { heapBytes } = openLibc();
  const before = heapBytes();
  try {
    const bytes = request.zipMaps.length > 0 ? await rewritten(request) : undefined;
    const options = createSessionOptions(engine, request.settings);
    const status = bytes
      ? createFromBytes(engine, options, bytes, dirname(request.path))
      : withTexts([request.path], (path = 0) =>
          engine.api.CreateSession(engine.env, path, options, engine.out),
        );
    engine.api.ReleaseSessionOptions(options);
    if (status !== 0) return { kind: "failed", failure: takeFailure(engine, status) };
    return { kind: "created", session: outAddress(engine), heapBytes: heapBytes() - before };
  } catch (thrown) {
    const { code, message, details } = PlatformError.from(thrown);
    return { kind: "refused", error: { code, message, details } };
  }
}

/** Loaded only for the few models that need it: a probing process must start fast. */
async function rewritten({ path, zipMaps }: LoadRequest): Promise<Uint8Array> {
  const { withoutZipMaps } = await import("./zip-map.ts");
  try {
    return withoutZipMaps(await readFile(path), zipMaps);
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : "unreadable";
    throw new PlatformError("failed_precondition", `the model does not load: ${problem}`, {
      field: "model.onnx",
      hint: "Export the model with ZipMap off.",
      cause,
    });
  }
}

function createFromBytes(engine: Engine, options: Address, bytes: Uint8Array, folder: string): Address {
  // Weights outside the file are looked for beside it, not in the working directory.
  addConfig(engine, options, "session.model_external_initializers_file_folder_path", folder);
  const { api, env, out } = engine;
  return api.CreateSessionFromArray(env, addressOf(bytes), bytes.length, options, out);
}

import type { Deadlines } from "../../base/index.ts";
import type { ManagementDocument } from "./openapi.ts";

/** Limits of the native protocol. Each has a default. */
export interface NativeOptions {
  /** A body larger than this after decompression is refused. */
  readonly maxBodyBytes?: number;
  /** One line of a stream. */
  readonly maxLineBytes?: number;
  /** Lines of one stream that are predicted at once. */
  readonly streamWidth?: number;
  /** Gives each line of a stream a deadline of its own; without it lines end with their stream. */
  readonly deadlines?: Deadlines;
  /** Longest one line of a stream may take; 0 for no limit. */
  readonly deadlineMs?: number;
  /** Version of Sirve, for the OpenAPI document. */
  readonly version?: string;
  /** The management API, for the OpenAPI document. */
  readonly management?: ManagementDocument;
}

const MIB = 1024 * 1024;

/** Options with their defaults. */
export type NativeSettings = Required<Omit<NativeOptions, "deadlines" | "management">> &
  Pick<NativeOptions, "deadlines">;

/** Fills in what was not said. */
export function settingsOf(options: NativeOptions): NativeSettings {
  return {
    maxBodyBytes: options.maxBodyBytes ?? 64 * MIB,
    maxLineBytes: options.maxLineBytes ?? 16 * MIB,
    streamWidth: options.streamWidth ?? 16,
    deadlineMs: options.deadlineMs ?? 30_000,
    version: options.version ?? "0.1.0",
    ...(options.deadlines && { deadlines: options.deadlines }),
  };
}

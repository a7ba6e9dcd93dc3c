import { z } from "zod";
import type { HandlerSpec, HandlerTensor } from "./handler.ts";

/** What a thread of a handler is started with. */
export interface ScriptData {
  /** Absolute path of the handler. */
  readonly path: string;
}

/** What of a handler can be called with tensors. */
export type ScriptFunction = "predict" | "preprocess" | "postprocess";

/** A call of one of its functions. */
export interface ScriptCall {
  readonly id: number;
  readonly name: ScriptFunction;
  readonly inputs: Readonly<Record<string, HandlerTensor>>;
}

/** What went wrong in the user's code. */
export interface ScriptFailure {
  readonly message: string;
  /** The user's own stack. */
  readonly stack: string;
  /** Whether the error blames the caller. */
  readonly isCallers: boolean;
}

/** What a thread says. */
export type ScriptReply =
  | {
      readonly kind: "loaded";
      /** The functions that it has. */
      readonly functions: readonly ScriptFunction[];
      readonly inputs: Readonly<Record<string, HandlerSpec>>;
      readonly outputs: Readonly<Record<string, HandlerSpec>>;
    }
  | { readonly kind: "refused"; readonly failure: ScriptFailure }
  | {
      readonly kind: "answered";
      readonly id: number;
      readonly outputs: Readonly<Record<string, HandlerTensor>>;
      readonly cpuUs: number;
    }
  | { readonly kind: "failed"; readonly id: number; readonly failure: ScriptFailure; readonly cpuUs: number };

const object = z.record(z.string(), z.any());
const failure = z.object({ message: z.string(), stack: z.string(), isCallers: z.boolean() });
const replySchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("loaded"), functions: z.array(z.string()), inputs: object, outputs: object }),
  z.object({ kind: z.literal("refused"), failure }),
  z.object({ kind: z.literal("answered"), id: z.number(), outputs: object, cpuUs: z.number() }),
  z.object({ kind: z.literal("failed"), id: z.number(), failure, cpuUs: z.number() }),
]);

/** Whether a message has the form of a reply; what is in its tensors is checked where they are read. */
export const isReply = (message: unknown): message is ScriptReply => replySchema.safeParse(message).success;

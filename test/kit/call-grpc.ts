import { loadFileDescriptorSetFromBuffer, type PackageDefinition } from "@grpc/proto-loader";
import { encodeMessage, message } from "../../src/base/index.ts";
import type { GrpcCall, GrpcProtocol } from "../../src/protocols/index.ts";
import { plainContext } from "./fake-planes.ts";

/** How protobufjs shows messages in tests. */
export const ORACLE_OPTIONS = {
  keepCase: true,
  longs: String,
  enums: String,
  oneofs: true,
  defaults: true,
} as const;

/** A call's facts for handlers, without a server. */
export function grpcCall(metadata: Readonly<Record<string, string>> = {}): GrpcCall {
  return { context: plainContext(), metadata, setTrailer() {} };
}

/** Joins the chunks of a message. */
export function joined(chunks: Uint8Array | readonly Uint8Array[]): Buffer {
  return chunks instanceof Uint8Array ? Buffer.from(chunks) : Buffer.concat(chunks);
}

/** Calls a unary method as the server would; a failure becomes its status. */
export async function callUnary(
  protocol: GrpcProtocol,
  path: string,
  request: Uint8Array,
): Promise<{ readonly message: Buffer } | { readonly code: number; readonly message: string }> {
  const method = protocol.methods.find((candidate) => candidate.path === path);
  if (method?.kind !== "unary") throw new Error(`no unary method ${path}`);
  try {
    return { message: joined(await method.handle(request, grpcCall())) };
  } catch (thrown) {
    return protocol.failure(thrown);
  }
}

/** Calls a streaming method with these messages; the answers until it ends, and how it failed, if it did. */
export async function callStream(
  protocol: GrpcProtocol,
  path: string,
  messages: AsyncIterable<Uint8Array>,
  metadata?: Readonly<Record<string, string>>,
): Promise<{
  readonly answers: Buffer[];
  readonly failure?: { readonly code: number; readonly message: string };
}> {
  const method = protocol.methods.find((candidate) => candidate.path === path);
  if (method?.kind !== "bidi") throw new Error(`no streaming method ${path}`);
  const answers: Buffer[] = [];
  try {
    for await (const chunks of method.handle(messages, grpcCall(metadata))) answers.push(joined(chunks));
    return { answers };
  } catch (thrown) {
    return { answers, failure: protocol.failure(thrown) };
  }
}

/** The codec of protobufjs for the files of these descriptors: an oracle independent of ours. */
export function oracleOf(descriptors: readonly Uint8Array[]): PackageDefinition {
  const set = message<{ file: readonly Uint8Array[] }>("google.protobuf.FileDescriptorSet", {
    file: { number: 1, type: "bytes", repeated: true },
  });
  return loadFileDescriptorSetFromBuffer(
    Buffer.from(encodeMessage(set, { file: descriptors })),
    ORACLE_OPTIONS,
  );
}

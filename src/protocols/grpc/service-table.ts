import { type Draft, decodeMessage, encodeMessage, type MessageTable } from "../../base/index.ts";
import type { Access } from "../../model/index.ts";
import type { GrpcCall, GrpcMethod } from "../contract.ts";

/** One method of a gRPC service: its messages, and whether both sides stream. */
export interface MethodTable {
  readonly input: MessageTable<unknown>;
  readonly output: MessageTable<unknown>;
  readonly stream?: "both";
}

/** A gRPC service: all that a handler, a printer of .proto files and reflection must know. */
export interface ServiceTable<
  Methods extends Readonly<Record<string, MethodTable>> = Readonly<Record<string, MethodTable>>,
> {
  /** Full name, such as "inference.GRPCInferenceService". */
  readonly name: string;
  readonly methods: Methods;
}

type Decoded<Table> = Table extends MessageTable<infer T> ? T : never;

/** Answers of the unary methods that handle one decoded message. */
export type UnaryHandlers<Methods extends Readonly<Record<string, MethodTable>>> = {
  readonly [Name in keyof Methods]?: (
    request: Decoded<Methods[Name]["input"]>,
    call: GrpcCall,
  ) => Draft<Decoded<Methods[Name]["output"]>> | Promise<Draft<Decoded<Methods[Name]["output"]>>>;
};

/** Unary methods of a service, which decode their request and encode their answer. */
export function unaryMethods<Methods extends Readonly<Record<string, MethodTable>>>(
  service: ServiceTable<Methods>,
  access: Access,
  handlers: UnaryHandlers<Methods>,
): GrpcMethod[] {
  return Object.entries(handlers).map(([name, handler]) => {
    const { input, output } = service.methods[name] as MethodTable;
    // The handler's types follow from the tables of its name.
    const handle = handler as (request: unknown, call: GrpcCall) => Promise<object>;
    return {
      kind: "unary",
      path: `/${service.name}/${name}`,
      access,
      handle: async (message, call) =>
        encodeMessage(output, await handle(decodeMessage(input, message), call)),
    };
  });
}

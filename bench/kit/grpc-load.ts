import { type ClientHttp2Session, connect, type IncomingHttpHeaders } from "node:http2";
import type { LoadResult } from "./http-load.ts";

export interface GrpcLoad {
  readonly port: number;
  readonly connections: number;
  readonly streamsPerConnection: number;
  readonly seconds: number;
  readonly path: string;
  /** One message, framed. */
  readonly frame: Uint8Array;
}

/** A message with its five bytes of gRPC framing. */
export function grpcFrame(message: Uint8Array): Uint8Array {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/** Closed-loop unary calls: every stream slot starts the next call when the last has ended. */
export async function grpcLoad(load: GrpcLoad): Promise<LoadResult> {
  const start = performance.now();
  const end = start + load.seconds * 1000;
  const latenciesMs: number[] = [];
  let failures = 0;
  const sessions = Array.from({ length: load.connections }, () => connect(`http://127.0.0.1:${load.port}`));
  const slot = async (session: ClientHttp2Session) => {
    while (performance.now() < end) {
      const sentAt = performance.now();
      if (await call(session, load)) latenciesMs.push(performance.now() - sentAt);
      else failures += 1;
    }
  };
  await Promise.all(
    sessions.flatMap((session) =>
      Array.from({ length: load.streamsPerConnection }, async () => slot(session)),
    ),
  );
  for (const session of sessions) session.close();
  return { answers: latenciesMs.length, failures, seconds: (performance.now() - start) / 1000, latenciesMs };
}

async function call(session: ClientHttp2Session, { path, frame }: GrpcLoad): Promise<boolean> {
  return new Promise((resolve) => {
    const stream = session.request({
      ":method": "POST",
      ":path": path,
      "content-type": "application/grpc",
      te: "trailers",
    });
    let status = "";
    const note = (headers: IncomingHttpHeaders) => {
      const told = headers["grpc-status"];
      if (typeof told === "string") status = told;
    };
    stream.on("response", note);
    stream.on("trailers", note);
    stream.on("error", () => resolve(false));
    stream.on("close", () => resolve(status === "0"));
    stream.resume();
    stream.end(frame);
  });
}

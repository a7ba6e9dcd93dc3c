import type { AddressInfo } from "node:net";
import { connect, createServer, type Socket } from "node:net";

/** A line to a server that carries so many bytes and then no more, until it is let go. */
export interface SlowLine {
  readonly url: string;
  /** Bytes that it has carried towards the server. */
  carried(): number;
  /** Whether it has carried what it may, and holds the rest. */
  isHeld(): boolean;
  /** From now on everything passes, what was held back first. */
  letGo(): void;
  /** Whether nobody is connected any more. */
  isIdle(): boolean;
  close(): Promise<void>;
}

/** A line to the server at `target` that holds back everything behind the first `limit` bytes. */
export async function startSlowLine(target: string, limit: number): Promise<SlowLine> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let carried = 0;
  let isHeld = false;
  let most = limit;
  const line = createServer((client) => {
    const server = connect({ host: hostname, port: Number(port) });
    for (const socket of [client, server]) {
      sockets.add(socket);
      // The other side is told by its end.
      socket.on("error", () => {});
      socket.once("close", () => {
        client.destroy();
        server.destroy();
        sockets.delete(socket);
      });
    }
    server.pipe(client);
    client.on("data", (part: Buffer) => {
      carried += part.length;
      server.write(part);
      isHeld = carried >= most;
      if (isHeld) client.pause();
    });
  });
  await new Promise<void>((resolve) => line.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(line.address() as AddressInfo).port}`,
    carried: () => carried,
    isHeld: () => isHeld,
    letGo: () => {
      most = Number.POSITIVE_INFINITY;
      isHeld = false;
      for (const socket of sockets) socket.resume();
    },
    isIdle: () => sockets.size === 0,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => line.close(resolve));
    },
  };
}

import type { Socket } from "node:net";
import { PlatformError } from "../../base/index.ts";

/** A request under way on a connection. */
export interface Ongoing {
  /** Its reply was begun. */
  readonly isReplying: boolean;
  /** Its client is gone, or the server stops. */
  interrupt(reason: PlatformError): void;
}

/** The open connections and what is under way on each, so that a lost one ends its requests. */
export class Connections {
  readonly #bySocket = new Map<Socket, Set<Ongoing>>();
  readonly #whenIdle: (() => void)[] = [];
  #active = 0;

  /** Requests under way. */
  get active(): number {
    return this.#active;
  }

  get open(): number {
    return this.#bySocket.size;
  }

  /** Follows a new connection to its end. */
  opened(socket: Socket): void {
    this.#bySocket.set(socket, new Set());
    socket.once("close", () => this.#closed(socket));
  }

  begin(socket: Socket, request: Ongoing): void {
    this.#active += 1;
    this.#bySocket.get(socket)?.add(request);
  }

  end(socket: Socket, request: Ongoing): void {
    this.#active -= 1;
    this.#bySocket.get(socket)?.delete(request);
    if (this.#active > 0) return;
    for (const done of this.#whenIdle.splice(0)) done();
  }

  /** Whether a reply is being sent on this connection. */
  isReplying(socket: Socket): boolean {
    for (const request of this.#bySocket.get(socket) ?? []) if (request.isReplying) return true;
    return false;
  }

  /** Resolves once nothing is under way. */
  idle(): Promise<void> {
    if (this.#active === 0) return Promise.resolve();
    return new Promise((resolve) => this.#whenIdle.push(resolve));
  }

  interruptAll(reason: PlatformError): void {
    for (const requests of this.#bySocket.values()) {
      for (const request of requests) request.interrupt(reason);
    }
  }

  #closed(socket: Socket): void {
    const requests = this.#bySocket.get(socket);
    this.#bySocket.delete(socket);
    const gone = new PlatformError("cancelled", "the client went away");
    for (const request of requests ?? []) request.interrupt(gone);
  }
}

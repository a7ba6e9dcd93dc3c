import { PlatformError } from "../base/index.ts";

/** A request under way on a connection. */
export interface Ongoing {
  /** Its reply was begun. */
  readonly isReplying: boolean;
  /** Its body may take longer than others, and has its own limit. */
  readonly isPaced?: boolean;
  /** Its client is gone, or the server stops. */
  interrupt(reason: PlatformError): void;
}

/** The open connections and what is under way on each, so that a lost one ends its requests. */
export class Connections<Connection extends object> {
  readonly #byConnection = new Map<Connection, Set<Ongoing>>();
  readonly #whenIdle: (() => void)[] = [];
  #active = 0;

  /** Requests under way. */
  get active(): number {
    return this.#active;
  }

  /** The open connections. */
  all(): Connection[] {
    return [...this.#byConnection.keys()];
  }

  opened(connection: Connection): void {
    this.#byConnection.set(connection, new Set());
  }

  /** Ends what is under way on a connection that is lost. */
  closed(connection: Connection): void {
    const requests = this.#byConnection.get(connection);
    this.#byConnection.delete(connection);
    const gone = new PlatformError("cancelled", "the client went away");
    for (const request of requests ?? []) request.interrupt(gone);
  }

  begin(connection: Connection, request: Ongoing): void {
    this.#active += 1;
    this.#byConnection.get(connection)?.add(request);
  }

  end(connection: Connection, request: Ongoing): void {
    this.#active -= 1;
    this.#byConnection.get(connection)?.delete(request);
    if (this.#active > 0) return;
    for (const done of this.#whenIdle.splice(0)) done();
  }

  /** Whether requests are under way on this connection. */
  isBusy(connection: Connection): boolean {
    return (this.#byConnection.get(connection)?.size ?? 0) > 0;
  }

  /** Whether a reply is being sent on this connection. */
  isReplying(connection: Connection): boolean {
    for (const request of this.#byConnection.get(connection) ?? []) if (request.isReplying) return true;
    return false;
  }

  /** Whether the request on this connection may take longer than others to come. */
  isPaced(connection: Connection): boolean {
    for (const request of this.#byConnection.get(connection) ?? []) if (request.isPaced) return true;
    return false;
  }

  /** Resolves once nothing is under way. */
  idle(): Promise<void> {
    if (this.#active === 0) return Promise.resolve();
    return new Promise((resolve) => this.#whenIdle.push(resolve));
  }

  interruptAll(reason: PlatformError): void {
    for (const requests of this.#byConnection.values()) {
      for (const request of requests) request.interrupt(reason);
    }
  }
}

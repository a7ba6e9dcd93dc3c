import type { CompiledQuery, DatabaseConnection, Driver, QueryResult, TransactionSettings } from "kysely";

/** Turns an error of a database into one of the platform. */
export type TranslateError = (error: unknown) => unknown;

/** A driver whose errors are the platform's, so that nobody above knows which database it is. */
export class TranslatingDriver implements Driver {
  readonly #inner: Driver;
  readonly #translate: TranslateError;

  constructor(inner: Driver, translate: TranslateError) {
    this.#inner = inner;
    this.#translate = translate;
  }

  async init(): Promise<void> {
    await this.#guard(() => this.#inner.init());
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    const inner = await this.#guard(() => this.#inner.acquireConnection());
    return new TranslatingConnection(inner, this.#translate);
  }

  async beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    await this.#guard(() => this.#inner.beginTransaction(innerOf(connection), settings));
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await this.#guard(() => this.#inner.commitTransaction(innerOf(connection)));
  }

  /** Its failure would hide the reason for rolling back; a connection that cannot do it is thrown away. */
  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await this.#inner.rollbackTransaction(innerOf(connection)).catch(() => {});
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    await this.#inner.releaseConnection(innerOf(connection));
  }

  async destroy(): Promise<void> {
    await this.#inner.destroy();
  }

  async #guard<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw this.#translate(error);
    }
  }
}

class TranslatingConnection implements DatabaseConnection {
  readonly inner: DatabaseConnection;
  readonly #translate: TranslateError;

  constructor(inner: DatabaseConnection, translate: TranslateError) {
    this.inner = inner;
    this.#translate = translate;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    try {
      return await this.inner.executeQuery<R>(query);
    } catch (error) {
      throw this.#translate(error);
    }
  }

  async *streamQuery<R>(query: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<R>> {
    try {
      yield* this.inner.streamQuery<R>(query, chunkSize);
    } catch (error) {
      throw this.#translate(error);
    }
  }
}

/** Kysely hands back only connections that it got from this driver. */
const innerOf = (connection: DatabaseConnection): DatabaseConnection =>
  (connection as TranslatingConnection).inner;

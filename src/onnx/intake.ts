import type { Hash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { basename } from "node:path";
import { type Deadline, PlatformError } from "../base/index.ts";
import { MAX_FILE_BYTES } from "./limits.ts";
import { refusal } from "./refusal.ts";
import { SNIFF_BYTES, wrongFormat } from "./sniff.ts";

/** A pipe put there meanwhile must not make this wait for its writer. */
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK;
/** Read and hashed at once, so that the event loop is free in between. */
const PIECE_BYTES = 1 << 18;

/** Reads the files of one model, each once: bytes to memory or only through the hash. */
export class Intake {
  readonly #hash: Hash;
  readonly #maxBytes: number;
  readonly #deadline: Deadline | undefined;
  /** Read so far. */
  bytes = 0;

  constructor(hash: Hash, maxBytes: number, deadline: Deadline | undefined) {
    this.#hash = hash;
    this.#maxBytes = maxBytes;
    this.#deadline = deadline;
  }

  /** SHA-256 of everything read, hex. Ends the intake. */
  digest(): string {
    return this.#hash.digest("hex");
  }

  /**
   * The whole model file.
   *
   * @throws PlatformError if it is missing, too large, of another format, or changes meanwhile.
   */
  async readModel(path: string): Promise<Uint8Array> {
    const name = basename(path);
    // Looks before opening, because opening some devices has effects.
    const stats = await stat(path).catch(() => undefined);
    if (!stats) throw new PlatformError("not_found", `${name} is not there`, { field: name });
    if (!stats.isFile()) throw refusal(`${name} is not a regular file`, { field: name });
    this.#count(name, stats.size);
    const file = await open(path, FLAGS);
    try {
      if (!(await file.stat()).isFile()) throw refusal(`${name} is not a regular file`, { field: name });
      return await this.#readWhole(file, name, stats.size);
    } finally {
      await file.close();
    }
  }

  async #readWhole(file: FileHandle, name: string, size: number): Promise<Uint8Array> {
    const start = new Uint8Array(Math.min(size, SNIFF_BYTES));
    await file.read(start, 0, start.length, 0);
    const wrong = wrongFormat(name, start);
    if (wrong) throw wrong;
    if (size > MAX_FILE_BYTES) {
      throw refusal(`${name} has ${size} bytes, more than protobuf can hold`, {
        field: name,
        got: `${size} bytes`,
        expected: `at most ${MAX_FILE_BYTES} bytes`,
        hint: "Save the weights as external data beside the model.",
      });
    }
    const bytes = new Uint8Array(size);
    for (let at = 0; at < size; at += PIECE_BYTES) {
      await this.#readPiece(file, name, bytes.subarray(at, at + PIECE_BYTES), at);
    }
    return bytes;
  }

  /** Takes a file of external data through the hash, its name first. */
  async takeExternal(file: FileHandle, name: string, size: number): Promise<void> {
    this.#count(name, size);
    this.#hash.update(`\0${name}\0${size}\0`);
    const piece = new Uint8Array(Math.min(size, PIECE_BYTES));
    for (let at = 0; at < size; at += PIECE_BYTES) {
      await this.#readPiece(file, name, piece.subarray(0, size - at), at);
    }
  }

  #count(name: string, size: number): void {
    this.bytes += size;
    if (this.bytes <= this.#maxBytes) return;
    throw new PlatformError("too_large", `the model has ${this.bytes} bytes with ${name}`, {
      field: name,
      got: `${this.bytes} bytes`,
      expected: `at most ${this.#maxBytes} bytes`,
    });
  }

  async #readPiece(file: FileHandle, name: string, piece: Uint8Array, position: number): Promise<void> {
    this.#deadline?.check();
    let done = 0;
    while (done < piece.length) {
      const { bytesRead } = await file.read(piece, done, piece.length - done, position + done);
      if (bytesRead === 0) throw refusal(`${name} became shorter while it was read`, { field: name });
      done += bytesRead;
    }
    this.#hash.update(piece);
  }
}

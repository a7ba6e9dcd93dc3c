import { randomUUID } from "node:crypto";
import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { MAX_PAYLOAD_BYTES } from "./frame.ts";

/** Payloads up to this size are sent through the socket: there it is faster. */
export const INLINE_BYTES = 64 * 1024;
/** Where Linux keeps it. */
export const SHARED_FOLDER = "/dev/shm";
/** A larger slot is emptied before it is used again. */
const KEPT_BYTES = 64 * 1024 * 1024;

const FLAGS = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** A piece of shared memory for one payload at a time. It has no name, so that nothing of it outlives its processes. */
export class SharedSlot {
  /** Undefined once it is closed. */
  #fd: number | undefined;

  private constructor(fd: number) {
    this.#fd = fd;
  }

  /** Undefined where the folder is missing or takes no file: payloads then go through the socket. */
  static open(folder: string): SharedSlot | undefined {
    const path = join(folder, `sirve-${randomUUID()}`);
    try {
      const fd = openSync(path, FLAGS, 0o600);
      unlinkSync(path);
      return new SharedSlot(fd);
    } catch {
      return undefined;
    }
  }

  /** For a process to inherit. */
  get fd(): number | undefined {
    return this.#fd;
  }

  /** Whether the parts lie in it now: it may be closed, or the memory full. */
  write(parts: readonly Uint8Array[]): boolean {
    const fd = this.#fd;
    if (fd === undefined) return false;
    try {
      if (fstatSync(fd).size > KEPT_BYTES) ftruncateSync(fd, 0);
      let at = 0;
      for (const part of parts) {
        for (let done = 0; done < part.length; ) {
          const count = writeSync(fd, part, done, part.length - done, at);
          done += count;
          at += count;
        }
      }
      return true;
    } catch {
      empty(fd); // What was written before the memory was full.
      return false;
    }
  }

  /** A copy of its first bytes. @throws RangeError if it holds fewer. */
  read(bytes: number): Buffer {
    if (this.#fd === undefined) throw new RangeError("shared memory that is closed");
    const size = Math.min(fstatSync(this.#fd).size, MAX_PAYLOAD_BYTES);
    if (bytes > size) throw new RangeError(`${bytes} bytes of the ${size} in shared memory`);
    const copy = Buffer.from(new ArrayBuffer(bytes));
    for (let done = 0; done < bytes; ) {
      const count = readSync(this.#fd, copy, done, bytes - done, done);
      if (count === 0) throw new RangeError("shared memory that shrank");
      done += count;
    }
    return copy;
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }
}

function empty(fd: number): void {
  try {
    ftruncateSync(fd, 0);
  } catch {
    // It goes with its processes.
  }
}

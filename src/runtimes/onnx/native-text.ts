import { type Address, allocateNative, freeNative, viewNative } from "./ffi.ts";
import { putWord } from "./native-word.ts";

/** Calls `use` with the addresses of C strings that live until it returns. */
export function withTexts<T>(texts: readonly string[], use: (...addresses: Address[]) => T): T {
  const bytes = texts.map((text) => Buffer.from(`${text}\0`));
  const memory = allocateNative(bytes.reduce((sum, text) => sum + text.length, 0));
  try {
    let at = memory;
    const addresses = bytes.map((text) => {
      new Uint8Array(viewNative(at, text.length)).set(text);
      at += text.length;
      return at - text.length;
    });
    return use(...addresses);
  } finally {
    freeNative(memory);
  }
}

/** Calls `use` with the address of an array of C strings (`const char* const*`) that live until it returns. */
export function withTextList<T>(texts: readonly string[], use: (list: Address) => T): T {
  return withTexts(texts, (...addresses) => {
    const list = allocateNative(addresses.length * 8);
    try {
      const halves = new Uint32Array(viewNative(list, addresses.length * 8));
      for (const [index, address] of addresses.entries()) putWord(halves, index, address);
      return use(list);
    } finally {
      freeNative(list);
    }
  });
}

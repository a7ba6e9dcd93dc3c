import { refuse } from "./refusal.ts";

/** Clients and tests look for this sentence, although the flag is Triton's. */
const ADVICE = "Use --http-max-input-size to increase the limit.";

/** The refusal of one input above the limit. */
export function inputTooLarge(what: string, bytes: number, maxBytes: number): Error {
  const text = `${what} has a byte_size (${bytes} bytes) that exceeds the maximum allowed value of ${maxBytes} bytes. ${ADVICE}`;
  return refuse("too_large", text, { got: `${bytes} bytes`, expected: `at most ${maxBytes} bytes` });
}

/** The refusal of a body above the limit, with its size where that is known. */
export function bodyTooLarge(maxBytes: number, bytes?: number): Error {
  const size = bytes === undefined ? "" : ` of ${bytes} bytes`;
  const text = `request JSON size${size} exceeds the maximum allowed input size of ${maxBytes} bytes. ${ADVICE}`;
  return refuse("too_large", text, { expected: `at most ${maxBytes} bytes` });
}

/**
 * Characters that could move the cursor, colour the screen or reorder text: C0 and C1 controls,
 * line and paragraph separators, and the bidirectional overrides.
 */
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const UNSAFE_IN_LINES = /(?![\n\t])[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** Text from a server or a file, safe to print on one line of a terminal: controls become \u001b and the like. */
export function safeText(text: string): string {
  return text.replaceAll(UNSAFE, escaped);
}

/** Like {@link safeText}, but keeps line feeds and tabs. */
export function safeLines(text: string): string {
  return text.replaceAll(UNSAFE_IN_LINES, escaped);
}

const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

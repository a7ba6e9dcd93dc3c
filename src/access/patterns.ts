/** A test of names by patterns in which "*" stands for any text. */
export function matcher(patterns: readonly string[]): (name: string) => boolean {
  if (patterns.includes("*")) return () => true;
  const plain = new Set(patterns.filter((pattern) => !pattern.includes("*")));
  const wild = patterns.filter((pattern) => pattern.includes("*")).map((pattern) => pattern.split("*"));
  return (name) => plain.has(name) || wild.some((parts) => matches(parts, name));
}

/** Whether a name is made of these parts in order, with any text between them; linear in both. */
function matches(parts: readonly string[], name: string): boolean {
  const [first = "", ...rest] = parts;
  const last = rest.pop() ?? "";
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) {
    return false;
  }
  let at = first.length;
  const end = name.length - last.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}

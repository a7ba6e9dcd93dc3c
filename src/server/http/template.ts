/** One segment of a path template: a literal, or a name between two literals. */
export type Segment =
  | { readonly kind: "literal"; readonly text: string }
  | { readonly kind: "name"; readonly name: string; readonly before: string; readonly after: string };

const NAMED = /^([^{}]*)\{([a-zA-Z][a-zA-Z0-9_]*)\}([^{}]*)$/;

/**
 * The segments of a path template such as "/v1/models/{model}:predict".
 *
 * @throws RangeError if it is not one: templates are ours, so this is a bug.
 */
export function parseTemplate(path: string): readonly Segment[] {
  if (!path.startsWith("/")) throw new RangeError(`route "${path}" must begin with /`);
  return path.slice(1).split("/").map(parseSegment);
}

function parseSegment(text: string): Segment {
  const match = NAMED.exec(text);
  if (match) {
    const [, before = "", name = "", after = ""] = match;
    return { kind: "name", name, before, after };
  }
  if (/[{}]/.test(text)) throw new RangeError(`segment "${text}" must hold at most one {name}`);
  return { kind: "literal", text };
}

/** The value of the segment's name in `text`, at least one character; undefined if it does not match. */
export function matchSegment(segment: Extract<Segment, { kind: "name" }>, text: string): string | undefined {
  const { before, after } = segment;
  const isLongEnough = text.length > before.length + after.length;
  if (!isLongEnough || !text.startsWith(before) || !text.endsWith(after)) return undefined;
  return text.slice(before.length, text.length - after.length);
}

/** One argument of a shell, whatever is in it. */
export const shellText = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

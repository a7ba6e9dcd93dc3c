/** The languages of the page. */
export const LANGUAGES = ["en", "es"] as const;

export type Language = (typeof LANGUAGES)[number];

/** A word, or how one is made of values. */
type Word = string | ((...values: never[]) => string);

export interface Words {
  readonly [name: string]: Word | Words;
}

/** The same names, each with words of the same kind. */
type Same<T> = {
  readonly [K in keyof T]: T[K] extends string ? string : T[K] extends Word ? T[K] : Same<T[K]>;
};

/** Words in every language. */
export type Catalogue<T extends Words> = { readonly [L in Language]: Same<T> };

/** Words of one part of the page. A language that lacks a word does not compile. */
export function catalogue<const T extends Words>(words: {
  readonly en: T;
  readonly es: Same<T>;
}): Catalogue<T> {
  return words as Catalogue<T>;
}

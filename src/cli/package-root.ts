/** The folder of this package: two above this file in the sources, and two above its bundle in the build. */
export const packageRoot = new URL("../../", import.meta.url);

/** Where the file of a thread or a process lies. */
export const entryUrl = (name: string): URL => new URL(`./entries/${name}.js`, import.meta.url);

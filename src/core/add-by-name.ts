/** Adds the numbers of `b` to those of `a`, each to the one of its name; what `a` does not have is left out. */
export function addByName<T extends { readonly [K in keyof T]: number }>(a: T, b: T): T {
  const names = Object.keys(a) as (keyof T)[];
  return Object.fromEntries(names.map((name) => [name, a[name] + b[name]])) as T;
}

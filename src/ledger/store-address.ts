/** Where the durable store is: what a process needs to open it by itself. Crosses a process boundary by structured clone. */
export type StoreAddress =
  | { readonly kind: 'sqlite'; readonly dataDir: string }
  | { readonly kind: 'redis'; readonly url: string; readonly prefix: string };

/** What runs closings at its end: a test. */
export interface Teardown {
  teardown(close: () => Promise<void> | void): void;
}

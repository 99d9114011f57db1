/** A view of the page. */
export interface View {
  readonly element: HTMLElement;
  /** What the tab of the browser is called. */
  readonly title: string;
  /** Asks for everything again. */
  refresh(): void;
  /** A key was pressed outside of a field. True when it meant something here. */
  key(event: KeyboardEvent): boolean;
  stop(): void;
}

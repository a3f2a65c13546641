/** Where somebody waits until the test lets them go on. */
export class Gate {
  /** Resolves when the first has come to wait. */
  readonly reached: Promise<void>;
  private arrive!: () => void;
  private readonly opened: Promise<void>;
  private open!: () => void;

  constructor(private readonly onRelease = () => {}) {
    this.reached = new Promise(resolve => {
      this.arrive = resolve;
    });
    this.opened = new Promise(resolve => {
      this.open = resolve;
    });
  }

  pass(): Promise<void> {
    this.arrive();
    return this.opened;
  }

  release(): void {
    this.onRelease();
    this.open();
  }
}

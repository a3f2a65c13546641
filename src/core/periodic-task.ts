import { AsyncResource } from 'node:async_hooks';

/** A job in the background: runs at an interval and on request, one run at a time. */
export class PeriodicTask {
  private lastRun: Promise<unknown> = Promise.resolve();
  private timer?: NodeJS.Timeout;
  private stopping = false;
  /** Bound to the context of its creation: MikroORM would otherwise run it in the transaction of the notifying code. */
  private readonly runDetached: () => void;

  /** `onError` receives the error of a run that no code awaits. */
  constructor(job: () => Promise<unknown>, onError: (error: unknown) => void) {
    this.runDetached = AsyncResource.bind(() => {
      if (!this.stopping) void this.run(job).catch(onError);
    });
  }

  /** True after `stop()`: a long job returns at the next opportunity. */
  get stopped(): boolean {
    return this.stopping;
  }

  /** Runs the job after each interval, in milliseconds. Does not keep the process alive. */
  start(interval: number): void {
    this.timer = setInterval(() => this.notify(), interval).unref();
  }

  /** Requests a run and does not wait for it. May be called inside a transaction, which the run does not join. */
  notify(): void {
    setImmediate(this.runDetached);
  }

  /** Runs a job after all earlier ones have finished. */
  run<T>(job: () => Promise<T>): Promise<T> {
    const run = this.lastRun.catch(() => {}).then(job);
    this.lastRun = run;
    return run;
  }

  /** Waits for the run in progress; no notification starts another. */
  async stop(): Promise<void> {
    this.stopping = true;
    clearInterval(this.timer);
    await this.lastRun.catch(() => {});
  }
}

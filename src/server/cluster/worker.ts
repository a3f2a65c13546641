import cluster, { type Worker } from 'node:cluster';
import { SECOND, systemClock } from '../../core/clock.ts';
import { createLog, describeError, type Log } from '../../core/log.ts';
import { DevMailbox } from '../../mail/dev-mailbox.ts';
import type { Options } from '../../options.ts';
import { AuthServer } from '../auth-server.ts';
import { exitOnCrash, exitProcess, STOP_SIGNALS } from '../process-exit.ts';
import type { PrimaryMessage, WorkerMessage } from './messages.ts';

/** How often it says how many connections are in use. */
const COUNT = SECOND / 2;

/** One of several processes behind one port. It does what the primary says. */
class WorkerProcess {
  private readonly mailbox = new DevMailbox(systemClock, mail => void this.tell({ report: 'kept', mail }));
  private readonly house: AuthServer;
  private readonly log: Log;
  private bound: Options;
  private stopping = false;

  constructor(
    private readonly primary: Worker,
    private readonly begin: Extract<PrimaryMessage, { order: 'listen' }>,
  ) {
    this.bound = begin.options;
    this.log = createLog(begin.options.logLevel, undefined, { worker: begin.worker });
    this.house = new AuthServer(begin.options, this.log);
    exitOnCrash(this.log);
    // Who stops a group of processes, as Ctrl-C does, tells the primary as well: only its word counts as a second one.
    for (const signal of STOP_SIGNALS) process.on(signal, () => void this.stop());
    // What Node itself has to say to a primary that has just died fails; that it died is told by the next line.
    primary.on('error', () => {});
    primary.on('disconnect', () => this.abandoned());
    primary.on('message', (order: PrimaryMessage) => void this.obey(order).catch(error => this.refuse(error)));
  }

  async listen(): Promise<void> {
    try {
      this.bound = await this.house.listen(this.begin.port);
      await this.tell({ report: 'listening', port: this.bound.port });
    } catch (error) {
      await this.refuse(error);
    }
  }

  private async obey(order: PrimaryMessage): Promise<void> {
    if (order.order === 'open') {
      for (const mail of order.mails.toReversed()) this.mailbox.keep(mail);
      await this.house.open(this.bound, this.bound.smtpUrl ? {} : { mailer: this.mailbox });
      await this.tell({ report: 'ready' });
      setInterval(() => void this.count(), COUNT);
    } else if (order.order === 'keep') this.mailbox.keep(order.mail);
    else if (order.order === 'even out') this.house.sendAway(order.surplus);
    else if (order.order === 'stop') await this.stop();
  }

  private count(): Promise<void> {
    return this.tell({ report: 'in use', connections: this.house.countInUse() });
  }

  private async stop(): Promise<void> {
    if (this.stopping) return;
    this.stopping = true;
    // Nobody was let in yet, and whoever starts can be interrupted.
    if (!this.house.isOpen) return exitProcess(0, this.log);
    return exitProcess((await this.house.stop()) ? 0 : 1, this.log);
  }

  /** The primary died. What is in flight is still answered; Node would end this process at once. */
  private abandoned(): void {
    this.primary.exitedAfterDisconnect = true;
    void this.stop();
  }

  private async refuse(error: unknown): Promise<void> {
    await this.tell({ report: 'refused', sentence: (error as Error).message, fault: describeError(error) });
    await exitProcess(1, this.log);
  }

  /** Resolves when it is on its way. A primary that is gone needs to know nothing. */
  private async tell(report: WorkerMessage): Promise<void> {
    if (this.primary.isConnected()) await new Promise<void>(sent => void this.primary.send(report, () => sent()));
  }
}

const primary = cluster.worker;
if (!primary) throw new Error('A worker is started by bienvenue serve, with BIENVENUE_WORKERS set.');
primary.once('message', (order: PrimaryMessage) => {
  if (order.order === 'listen') void new WorkerProcess(primary, order).listen();
});

import cluster, { type Worker } from 'node:cluster';
import type { Config } from '../config.ts';
import { end, endOnCrash, STOP_SIGNALS } from '../ending.ts';
import { createLog, describe, type Log } from '../log.ts';
import { OpenHouse } from '../open-house.ts';
import { SECOND, systemClock } from '../ports/clock.ts';
import { DevMailbox } from '../ports/dev-mailbox.ts';
import type { Order, Report } from './messages.ts';

/** How often it says how many connections are in use. */
const COUNT = SECOND / 2;

/** One of several processes behind one port. It does what the primary says. */
class WorkerProcess {
  private readonly mailbox = new DevMailbox(systemClock, mail => void this.tell({ report: 'kept', mail }));
  private readonly house: OpenHouse;
  private readonly log: Log;
  private config: Config;
  private stopping = false;

  constructor(
    private readonly primary: Worker,
    private readonly begin: Extract<Order, { order: 'listen' }>,
  ) {
    this.config = begin.settings;
    this.log = createLog(begin.settings.logLevel, undefined, { worker: begin.worker });
    this.house = new OpenHouse(begin.settings, this.log);
    endOnCrash(this.log);
    // Who stops a group of processes, as Ctrl-C does, tells the primary as well: only its word counts as a second one.
    for (const signal of STOP_SIGNALS) process.on(signal, () => void this.stop());
    // What Node itself has to say to a primary that has just died fails; that it died is told by the next line.
    primary.on('error', () => {});
    primary.on('disconnect', () => this.abandoned());
    primary.on('message', (order: Order) => void this.obey(order).catch(error => this.refuse(error)));
  }

  async listen(): Promise<void> {
    try {
      this.config = await this.house.listen(this.begin.port);
      await this.tell({ report: 'listening', port: this.config.port });
    } catch (error) {
      await this.refuse(error);
    }
  }

  private async obey(order: Order): Promise<void> {
    if (order.order === 'open') {
      for (const mail of order.mails.toReversed()) this.mailbox.keep(mail);
      await this.house.open(this.config, this.config.mail.smtpUrl ? {} : { mailer: this.mailbox });
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
    if (!this.house.isOpen) end(0, this.log);
    end((await this.house.stop()) ? 0 : 1, this.log);
  }

  /** The primary died. What is in flight is still answered; Node would end this process at once. */
  private abandoned(): void {
    this.primary.exitedAfterDisconnect = true;
    void this.stop();
  }

  private async refuse(error: unknown): Promise<void> {
    await this.tell({ report: 'refused', sentence: (error as Error).message, fault: describe(error) });
    end(1, this.log);
  }

  /** Resolves when it is on its way. A primary that is gone needs to know nothing. */
  private async tell(report: Report): Promise<void> {
    if (this.primary.isConnected()) await new Promise<void>(sent => void this.primary.send(report, () => sent()));
  }
}

const primary = cluster.worker;
if (!primary) throw new Error('A worker is started by bienvenue serve, with BIENVENUE_WORKERS set.');
primary.once('message', (order: Order) => {
  if (order.order === 'listen') void new WorkerProcess(primary, order).listen();
});

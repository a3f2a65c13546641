import cluster, { type Worker } from 'node:cluster';
import { SECOND, systemClock } from '../../core/clock.ts';
import { createLog, describeError, type Log } from '../../core/log.ts';
import { createAuth } from '../../create-auth.ts';
import { type DevMail, DevMailbox } from '../../mail/dev-mailbox.ts';
import type { Options } from '../../options.ts';
import { HttpServer } from '../http-server.ts';
import { exitOnCrash, exitProcess, STOP_SIGNALS } from '../process-exit.ts';
import type { PrimaryMessage, WorkerMessage } from './messages.ts';

/** How often the worker reports its connections in use. */
const LOAD_INTERVAL = SECOND / 2;

/** One of several processes behind one port, controlled by the primary. */
class WorkerProcess {
  private readonly mailbox = new DevMailbox(systemClock, mail => void this.send({ type: 'mail', mail }));
  private readonly server: HttpServer;
  private readonly log: Log;
  private options: Options;
  private stopping = false;

  constructor(
    private readonly primary: Worker,
    start: Extract<PrimaryMessage, { type: 'listen' }>,
  ) {
    this.options = start.options;
    this.log = createLog(start.options.logLevel, undefined, { worker: start.worker });
    this.server = new HttpServer(this.log, start.options.workers);
    exitOnCrash(this.log);
    // Ctrl-C signals the whole process group: the primary counts the second signal, a worker does not.
    for (const signal of STOP_SIGNALS) process.on(signal, () => void this.stop());
    // Sending to a primary that has just died emits an error; 'disconnect' handles its death.
    primary.on('error', () => {});
    primary.on('disconnect', () => this.stopWithoutPrimary());
    primary.on('message', (message: PrimaryMessage) => void this.handle(message).catch(error => this.fail(error)));
  }

  async listen(): Promise<void> {
    try {
      this.options = await this.server.listen(this.options);
      await this.send({ type: 'listening', port: this.options.port });
    } catch (error) {
      await this.fail(error);
    }
  }

  private async handle(message: PrimaryMessage): Promise<void> {
    if (message.type === 'open') await this.open(message.mails);
    else if (message.type === 'mail') this.mailbox.keep(message.mail);
    else if (message.type === 'rebalance') this.server.closeExcess(message.excess);
    else if (message.type === 'stop') await this.stop();
  }

  private async open(mails: readonly DevMail[]): Promise<void> {
    for (const mail of mails.toReversed()) this.mailbox.keep(mail);
    const { options, log } = this;
    const auth = await createAuth(options, options.smtpUrl ? { log } : { log, mailer: this.mailbox });
    await this.server.open(auth, options);
    // What the start has logged comes before the primary's line that all workers are ready.
    await log.flush?.();
    await this.send({ type: 'ready' });
    setInterval(() => void this.send({ type: 'load', connections: this.server.countInUse() }), LOAD_INTERVAL);
  }

  private async stop(): Promise<void> {
    if (this.stopping) return;
    this.stopping = true;
    // No request was handled yet, and a start can be interrupted.
    if (!this.server.isOpen) return exitProcess(0, this.log);
    return exitProcess((await this.server.stop()) ? 0 : 1, this.log);
  }

  /** The primary died. Node would end this process at once; requests in flight are finished first. */
  private stopWithoutPrimary(): void {
    this.primary.exitedAfterDisconnect = true;
    void this.stop();
  }

  private async fail(error: unknown): Promise<void> {
    await this.send({ type: 'failed', message: (error as Error).message, error: describeError(error) });
    await exitProcess(1, this.log);
  }

  /** Resolves when the message is sent, or the primary is gone. */
  private async send(message: WorkerMessage): Promise<void> {
    if (this.primary.isConnected()) await new Promise<void>(sent => void this.primary.send(message, () => sent()));
  }
}

const primary = cluster.worker;
if (!primary) throw new Error('bienvenue serve starts this file when BIENVENUE_WORKERS is set; it cannot run alone.');
primary.once('message', (message: PrimaryMessage) => {
  if (message.type === 'listen') void new WorkerProcess(primary, message).listen();
  // The service was stopped before its first worker was listening.
  else process.exit(0);
});

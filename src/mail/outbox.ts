import type { Clock } from '../core/clock.ts';
import { uuidV7 } from '../core/node.ts';
import type { EntityManager } from '../persistence/database.ts';
import type { JsonObject } from '../persistence/json-text.ts';
import type { MailTemplate } from './mail-template.ts';
import { OutboxMail } from './outbox.entity.ts';

/** Queues mails in the transaction of the change that they are about: both are saved, or neither. */
export class Outbox {
  private added = false;

  constructor(
    private readonly em: EntityManager,
    private readonly clock: Clock,
    private readonly notifyMailWorker: () => void,
  ) {}

  /** Adds a mail, without a flush. The payload is for its template; it holds no secret, and a password at most as its hash. */
  add({ kind }: Pick<MailTemplate, 'kind'>, address: string, payload: JsonObject | null = null): void {
    const now = this.clock.now();
    this.added = true;
    this.em.create(OutboxMail, { id: uuidV7(), kind, address, payload, createdAt: now, dueAt: now, attempts: 0 });
  }

  /** Deletes all mails to these addresses. */
  async deleteTo(addresses: readonly string[]): Promise<void> {
    await this.em.nativeDelete(OutboxMail, { address: { $in: [...addresses] } });
  }

  /**
   * Makes the mail worker check the outbox now, if a mail was added. Call it after the commit: the worker does not see the
   * mail before.
   */
  notify(): void {
    if (!this.added) return;
    this.added = false;
    this.notifyMailWorker();
  }
}

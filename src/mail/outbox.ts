import type { Clock } from '../core/clock.ts';
import { uuidV7 } from '../core/node.ts';
import type { EntityManager } from '../persistence/database.ts';
import { type MailKind, OutboxMail } from './outbox.entity.ts';

/** Queues mails with the change that causes them: both are saved, or neither. A mailWorker sends them afterwards. */
export class Outbox {
  constructor(
    private readonly em: EntityManager,
    private readonly clock: Clock,
    private readonly notifyMailWorker: () => void,
  ) {}

  /** Adds a mail, for the caller to save. */
  add(kind: MailKind, address: string): void {
    const now = this.clock.now();
    this.em.create(OutboxMail, { id: uuidV7(), kind, address, createdAt: now, dueAt: now, attempts: 0 });
  }

  /** Has the mailWorker look now: for after the commit, or it would come too early. */
  notify(): void {
    this.notifyMailWorker();
  }
}

import type { PersonalData } from '../persistence/personal-data.ts';
import { OutboxMail } from './outbox.entity.ts';

/** The personal data in the outbox. */
export const mailPersonalData: PersonalData<OutboxMail> = {
  name: 'mails',
  description: 'Mails to the address that wait to be sent, or could not be sent.',
  entity: OutboxMail,
  rowsOf: ({ email, canonicalEmail }) => ({ address: { $in: [email, canonicalEmail] } }),
  fields: {
    id: 'Identifies the mail.',
    kind: 'What the mail is about.',
    address: 'Where it goes.',
    payload: { withheld: 'Can hold the hash of a password that was entered at a registration.' },
    createdAt: 'When it was queued.',
    attempts: 'How often it was tried.',
    dueAt: 'When it is tried again; null once it is given up.',
  },
};

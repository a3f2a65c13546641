/** A mail, ready to go out. Both parts say the same words. */
export interface Mail {
  /** Stable over every attempt to send it, so that a mail server can tell a repeat. */
  messageId: string;
  to: string;
  subject: string;
  text: string;
  html: string;
}

/** Hands a mail over. Resolves when somebody else has taken responsibility for it, rejects otherwise. */
export interface Mailer {
  send(mail: Mail): Promise<void>;
  close(): void;
}

/** A rendered mail. Text and HTML have the same content. */
export interface Mail {
  /** The same for every attempt, so that a mail server can recognize a repetition. */
  messageId: string;
  to: string;
  subject: string;
  text: string;
  html: string;
}

/** Sends mails. */
export interface Mailer {
  /** The mail server, for the log. */
  readonly host?: string;
  /** Resolves when a server has accepted responsibility for the mail; rejects otherwise, and the mail is retried. */
  send(mail: Mail): Promise<void>;
  close(): void;
}

/** What a mail says; who gets it is the mailWorker's. */
export interface Message {
  subject: string;
  text: string;
  html: string;
}

/** With the link that sets a new password. */
export const resetPassword = ({ link, minutes }: { link: string; minutes: number }): Message =>
  message('Set a new password', [
    'Somebody, most likely you, asked to set a new password for your account.',
    `This link does it, once, within ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}:`,
    { link },
    'If it was not you, you need not do anything: your password stays as it is.',
  ]);

/** The notice that tells an owner of a change they may not have made. */
export const passwordChanged = ({ at }: { at: Date }): Message =>
  message('Your password was changed', [
    `The password of your account was changed on ${at.toUTCString()}. You have been signed out everywhere.`,
    'If it was not you, ask for a password reset at once, and look after your mailbox.',
  ]);

type Paragraph = string | { link: string };

/** Both parts from the same words. */
function message(subject: string, paragraphs: Paragraph[]): Message {
  return {
    subject,
    text: `${paragraphs.map(part => (typeof part === 'string' ? part : part.link)).join('\n\n')}\n`,
    html: `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${escapeHtml(subject)}</title></head>
<body>
${paragraphs.map(htmlOf).join('\n')}
</body>
</html>
`,
  };
}

const htmlOf = (part: Paragraph) =>
  typeof part === 'string'
    ? `<p>${escapeHtml(part)}</p>`
    : `<p><a href="${escapeHtml(part.link)}">${escapeHtml(part.link)}</a></p>`;

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, character => ENTITIES[character] as string);

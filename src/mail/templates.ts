/** The content of a mail. */
export interface Message {
  subject: string;
  text: string;
  html: string;
}

/** The link that sets a new password. */
export const resetPassword = ({ link, minutes }: { link: string; minutes: number }): Message =>
  message('Set a new password', [
    'A new password was requested for your account, most likely by you.',
    `To set it, open this link within ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}. It works once:`,
    { link },
    'If you did not request this, ignore this mail: your password stays as it is.',
  ]);

/** Notifies the owner of a change that they may not have made. */
export const passwordChanged = ({ at }: { at: Date }): Message =>
  message('Your password was changed', [
    `The password of your account was changed on ${at.toUTCString()}. You have been signed out everywhere.`,
    'If this was not you, request a password reset at once, and check who else can read your mailbox.',
  ]);

type Paragraph = string | { link: string };

/** Builds text and HTML from the same paragraphs. */
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

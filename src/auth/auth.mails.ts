import { MINUTE } from '../core/clock.ts';
import type { MailScope, MailTemplate, QueuedMail } from '../mail/mail-template.ts';
import { AccountEvents } from './account-events.ts';
import { findRecipient } from './mail-recipient.ts';
import { noticeTemplate } from './notices.ts';
import { Tokens } from './tokens.ts';
import type { User } from './user.entity.ts';

/**
 * The link that sets a new password. Whether the address has an account is looked up here, not when the mail was
 * requested, so that a request takes the same time for every address. The token is created here as well: it exists in the
 * mail and, hashed, in its table, and nowhere else.
 */
export const passwordResetMail: MailTemplate = {
  kind: 'reset-password',
  texts: {
    en: `Set a new password

A new password was requested for your account, most likely by you.

To set it, open this link within {minutes} minutes. It works once.

[Set a new password]({link})

If you did not request this, ignore this mail: your password stays as it is.`,
    fr: `Choisir un nouveau mot de passe

Un nouveau mot de passe a été demandé pour votre compte, sans doute par vous.

Pour le choisir, ouvrez ce lien dans les {minutes} minutes. Il ne fonctionne qu’une fois.

[Choisir un nouveau mot de passe]({link})

Si vous n’êtes pas à l’origine de cette demande, ignorez ce message : votre mot de passe reste inchangé.`,
    de: `Neues Passwort festlegen

Für Ihr Konto wurde ein neues Passwort angefordert, wahrscheinlich von Ihnen.

Öffnen Sie dafür innerhalb von {minutes} Minuten diesen Link. Er funktioniert einmal.

[Neues Passwort festlegen]({link})

Wenn Sie das nicht angefordert haben, ignorieren Sie diese Mail: Ihr Passwort bleibt, wie es ist.`,
  },
  async prepare(mail, scope) {
    const { em, clock, options } = scope;
    if (clock.now().getTime() >= mail.createdAt.getTime() + options.resetTokenLifetime) return undefined;
    const recipient = await findRecipient(mail.address, scope);
    if (!recipient) return undefined;

    const { user, to } = recipient;
    const values = await passwordResetLink(user, mail, scope);
    await new AccountEvents(em, options, clock).recordDeferred('PASSWORD_RESET_REQUESTED', user.id, mail);
    await em.flush();
    return { to, locale: user.locale, values };
  },
};

/** A link that sets a new password, and how many minutes it works. */
export type PasswordResetLink = {
  link: string;
  minutes: string;
};

/** Issues a link, without a flush. `id`: the mail that will contain it; absent when a program receives the link. */
export async function passwordResetLink(
  user: User,
  { id: mailId }: Partial<Pick<QueuedMail, 'id'>>,
  { em, clock, options }: Pick<MailScope, 'em' | 'clock' | 'options'>,
): Promise<PasswordResetLink> {
  const { appUrl, resetTokenLifetime: lifetime } = options;
  const token = await new Tokens(em, clock).issue(passwordResetMail.kind, { user, lifetime, mailId });
  return { link: `${appUrl}/reset-password?token=${token}`, minutes: String(Math.floor(lifetime / MINUTE)) };
}

/** Notifies the owner of an account that its password was changed. */
export const passwordChangedMail = noticeTemplate('password-changed', {
  en: `Your password was changed

The password of your account was changed on {at}. All other sessions were ended.

If this was not you, request a password reset at once, and check who else can read your mailbox.`,
  fr: `Votre mot de passe a été modifié

Le mot de passe de votre compte a été modifié le {at}. Toutes les autres sessions ont été fermées.

Si ce n’était pas vous, demandez immédiatement un nouveau mot de passe et vérifiez qui d’autre peut lire votre boîte.`,
  de: `Ihr Passwort wurde geändert

Das Passwort Ihres Kontos wurde am {at} geändert. Alle anderen Sitzungen wurden beendet.

Wenn Sie das nicht waren, fordern Sie sofort ein neues Passwort an, und prüfen Sie, wer sonst Ihr Postfach lesen kann.`,
});

/** Notifies the owner of an account that it was deleted. */
export const accountDeletedMail = noticeTemplate('account-deleted', {
  en: `Your account was deleted

Your account and everything stored in it were deleted on {at}. This cannot be undone.

If neither you nor an administrator did this, check who else can read your mailbox. You can create a new account with this address at any time.`,
  fr: `Votre compte a été supprimé

Votre compte et tout ce qu’il contenait ont été supprimés le {at}. Cette suppression est définitive.

Si ni vous ni un administrateur n’en êtes à l’origine, vérifiez qui d’autre peut lire votre boîte. Vous pouvez à tout moment créer un nouveau compte avec cette adresse.`,
  de: `Ihr Konto wurde gelöscht

Ihr Konto und alles, was darin gespeichert war, wurden am {at} gelöscht. Das lässt sich nicht rückgängig machen.

Wenn weder Sie noch ein Administrator das veranlasst haben, prüfen Sie, wer sonst Ihr Postfach lesen kann. Mit dieser Adresse können Sie jederzeit ein neues Konto anlegen.`,
});

import { passwordResetLink } from '../../auth/auth.mails.ts';
import { findRecipient } from '../../auth/mail-recipient.ts';
import { noticeTemplate } from '../../auth/notices.ts';
import type { MailTemplate } from '../../mail/mail-template.ts';
import type { MailTexts } from '../../mail/mail-text.ts';

/** A mail with a link that sets a password. An administrator caused it, so it is sent however late the mail server is. */
const passwordLinkTemplate = (kind: string, texts: MailTexts): MailTemplate => ({
  kind,
  texts,
  async prepare(mail, scope) {
    const recipient = await findRecipient(mail.address, scope);
    if (!recipient) return undefined;
    const { user, to } = recipient;
    const values = await passwordResetLink(user, mail, scope);
    await scope.em.flush();
    return { to, locale: user.locale, values };
  },
});

/** Invites the owner of an account that an administrator created. */
export const accountCreatedMail = passwordLinkTemplate('account-created', {
  en: `An account was created for you

An administrator created an account for you with this e-mail address.

To use it, choose a password: open this link within {minutes} minutes. It works once.

[Choose a password]({link})

If the link has expired, request a new one where you sign in, as for a forgotten password.

If you did not expect this, ignore this mail: nobody can sign in to the account without a password.`,
  fr: `Un compte a été créé pour vous

Un administrateur a créé un compte pour vous avec cette adresse e-mail.

Pour l’utiliser, choisissez un mot de passe : ouvrez ce lien dans les {minutes} minutes. Il ne fonctionne qu’une fois.

[Choisir un mot de passe]({link})

Si le lien a expiré, demandez-en un nouveau sur la page de connexion, comme pour un mot de passe oublié.

Si vous n’attendiez pas ce message, ignorez-le : personne ne peut se connecter au compte sans mot de passe.`,
  de: `Für Sie wurde ein Konto angelegt

Ein Administrator hat für Sie ein Konto mit dieser E-Mail-Adresse angelegt.

Um es zu nutzen, wählen Sie ein Passwort: Öffnen Sie innerhalb von {minutes} Minuten diesen Link. Er funktioniert einmal.

[Passwort wählen]({link})

Ist der Link abgelaufen, fordern Sie bei der Anmeldung einen neuen an, wie bei einem vergessenen Passwort.

Wenn Sie das nicht erwartet haben, ignorieren Sie diese Mail: Ohne Passwort kann sich niemand bei dem Konto anmelden.`,
});

/** The link of a password reset that an administrator started. */
export const passwordLinkMail = passwordLinkTemplate('admin-reset-password', {
  en: `Set a new password

An administrator sent you this link so that you can set a new password for your account.

Open it within {minutes} minutes. It works once.

[Set a new password]({link})

If you do not need it, ignore this mail: your password stays as it is.`,
  fr: `Choisir un nouveau mot de passe

Un administrateur vous a envoyé ce lien pour que vous puissiez choisir un nouveau mot de passe pour votre compte.

Ouvrez-le dans les {minutes} minutes. Il ne fonctionne qu’une fois.

[Choisir un nouveau mot de passe]({link})

Si vous n’en avez pas besoin, ignorez ce message : votre mot de passe reste inchangé.`,
  de: `Neues Passwort festlegen

Ein Administrator hat Ihnen diesen Link geschickt, damit Sie für Ihr Konto ein neues Passwort festlegen können.

Öffnen Sie ihn innerhalb von {minutes} Minuten. Er funktioniert einmal.

[Neues Passwort festlegen]({link})

Wenn Sie ihn nicht brauchen, ignorieren Sie diese Mail: Ihr Passwort bleibt, wie es ist.`,
});

/** Notifies the owner of an account that it was disabled. */
export const accountDisabledMail = noticeTemplate('account-disabled', {
  en: `Your account was disabled

An administrator disabled your account on {at}. You have been signed out everywhere, and cannot sign in any more.

If you think that this is a mistake, contact the administrators.`,
  fr: `Votre compte a été désactivé

Un administrateur a désactivé votre compte le {at}. Vous avez été déconnecté partout et ne pouvez plus vous connecter.

Si vous pensez qu’il s’agit d’une erreur, contactez les administrateurs.`,
  de: `Ihr Konto wurde gesperrt

Ein Administrator hat Ihr Konto am {at} gesperrt. Sie wurden überall abgemeldet und können sich nicht mehr anmelden.

Wenn Sie das für einen Irrtum halten, wenden Sie sich an die Administratoren.`,
});

/** Notifies the owner of an account that it was enabled again. */
export const accountEnabledMail = noticeTemplate('account-enabled', {
  en: `Your account was enabled again

An administrator enabled your account on {at}. You can sign in again with your password.`,
  fr: `Votre compte a été réactivé

Un administrateur a réactivé votre compte le {at}. Vous pouvez de nouveau vous connecter avec votre mot de passe.`,
  de: `Ihr Konto wurde wieder freigegeben

Ein Administrator hat Ihr Konto am {at} freigegeben. Sie können sich wieder mit Ihrem Passwort anmelden.`,
});

/** Notifies the owner of an account of changed roles. */
export const rolesChangedMail = noticeTemplate(
  'roles-changed',
  {
    en: `The roles of your account were changed

An administrator changed the roles of your account on {at}. They decide what you may do.

Your roles now: {roles}`,
    fr: `Les rôles de votre compte ont été modifiés

Un administrateur a modifié les rôles de votre compte le {at}. Ils déterminent ce que vous pouvez faire.

Vos rôles actuels : {roles}`,
    de: `Die Rollen Ihres Kontos wurden geändert

Ein Administrator hat die Rollen Ihres Kontos am {at} geändert. Sie bestimmen, was Sie tun dürfen.

Ihre Rollen jetzt: {roles}`,
  },
  ({ payload }) => ({ roles: String(payload?.roles || '–') }),
);

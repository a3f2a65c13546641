import { findRecipient } from '../../auth/mail-recipient.ts';
import { Tokens } from '../../auth/tokens.ts';
import type { NewUser } from '../../auth/users.ts';
import { DAY } from '../../core/clock.ts';
import type { MailTemplate } from '../../mail/mail-template.ts';
import type { JsonObject } from '../../persistence/json-text.ts';

/** How long a link works. */
const LIFETIME = DAY;

/** What a registration entered whose address had an unverified account already. */
export type RepeatedRegistration = Omit<NewUser, 'address'>;

/** What a verification token carries. `email`: the canonical address that the link was mailed to. */
export type VerificationData = { email: string } | ({ email: string } & RepeatedRegistration);

/**
 * The link that verifies an address. Its token is created when the mail is sent, as for a password reset. The payload of
 * a repeated registration holds the password hash that replaces the account's when the link is used.
 */
export const verificationMail: MailTemplate = {
  kind: 'verify-email',
  texts: {
    en: `Confirm your e-mail address

An account was created with this e-mail address.

If you created it, confirm your address with this link within 24 hours. It works once.

[Confirm the address]({link})

If you did not create it, do not confirm it. Ignore this mail, or request a new password at {appUrl} to take over the account: the current password then stops working, and all devices are signed out.`,
    fr: `Confirmez votre adresse e-mail

Un compte a été créé avec cette adresse e-mail.

Si vous l’avez créé, confirmez votre adresse avec ce lien dans les 24 heures. Il ne fonctionne qu’une fois.

[Confirmer l’adresse]({link})

Si vous ne l’avez pas créé, ne confirmez rien. Ignorez ce message, ou demandez un nouveau mot de passe sur {appUrl} pour reprendre le compte : le mot de passe actuel cessera de fonctionner et toutes les sessions seront fermées.`,
    de: `Bestätigen Sie Ihre E-Mail-Adresse

Mit dieser E-Mail-Adresse wurde ein Konto angelegt.

Wenn Sie es angelegt haben, bestätigen Sie Ihre Adresse innerhalb von 24 Stunden mit diesem Link. Er funktioniert einmal.

[Adresse bestätigen]({link})

Wenn Sie es nicht angelegt haben, bestätigen Sie nichts. Ignorieren Sie diese Mail, oder fordern Sie auf {appUrl} ein neues Passwort an, um das Konto zu übernehmen: Das bisherige Passwort gilt dann nicht mehr, und alle werden abgemeldet.`,
  },
  async prepare({ id, address, createdAt, payload }, scope) {
    const { em, clock, options } = scope;
    if (payload?.overLimit || clock.now().getTime() >= createdAt.getTime() + LIFETIME) return undefined;
    const recipient = await findRecipient(address, scope);
    if (!recipient || recipient.user.emailVerifiedAt) return undefined;

    const { user, to } = recipient;
    const data: JsonObject = { ...payload, email: address };
    const token = await new Tokens(em, clock).issue('verify-email', { user, lifetime: LIFETIME, data, mailId: id });
    await em.flush();
    const { appUrl } = options;
    const locale = typeof payload?.locale === 'string' ? payload.locale : user.locale;
    return { to, locale, values: { link: `${appUrl}/verify-email?token=${token}`, appUrl } };
  },
};

/** Informs the owner of a verified address that somebody tried to register with it. That client does not learn it. */
export const alreadyRegisteredMail: MailTemplate = {
  kind: 'already-registered',
  texts: {
    en: `You already have an account

Somebody tried to create an account with this e-mail address, which has one already. Nothing has changed.

If it was you, sign in at {appUrl}. If you do not remember your password, request a new one there.

If it was not you, there is nothing to do.`,
    fr: `Vous avez déjà un compte

Quelqu’un a voulu créer un compte avec cette adresse e-mail, qui en a déjà un. Rien n’a changé.

Si c’était vous, connectez-vous sur {appUrl}. Si vous avez oublié votre mot de passe, demandez-y en un nouveau.

Si ce n’était pas vous, vous n’avez rien à faire.`,
    de: `Sie haben bereits ein Konto

Jemand wollte mit dieser E-Mail-Adresse ein Konto anlegen, zu der es bereits eines gibt. Es hat sich nichts geändert.

Wenn Sie das waren, melden Sie sich auf {appUrl} an. Wenn Sie Ihr Passwort nicht mehr wissen, fordern Sie dort ein neues an.

Wenn Sie das nicht waren, müssen Sie nichts tun.`,
  },
  async prepare({ address }, scope) {
    const recipient = await findRecipient(address, scope);
    if (!recipient) return undefined;
    const { appUrl } = scope.options;
    return { to: recipient.to, locale: recipient.user.locale, values: { appUrl } };
  },
};

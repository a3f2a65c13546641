import { passwordResetLink } from '../../auth/auth.mails.ts';
import { mailableAddress, maskedAddress, parseEmail } from '../../auth/email-address.ts';
import type { EmailChange } from '../../auth/email-change.entity.ts';
import { EmailChanges } from '../../auth/email-changes.ts';
import { noticeTemplate } from '../../auth/notices.ts';
import { Tokens } from '../../auth/tokens.ts';
import { Users } from '../../auth/users.ts';
import { HOUR, MINUTE } from '../../core/clock.ts';
import type { MailScope, MailTemplate, QueuedMail } from '../../mail/mail-template.ts';
import type { MailTexts, MailValues } from '../../mail/mail-text.ts';

// A mail names the address that it goes to in full and the other one masked: either mailbox may be a stranger's.

/** Purpose of the tokens that take a change back. */
export const REVERT_EMAIL_CHANGE = 'revert-email-change';

const CONFIRM_LIFETIME = HOUR;

/** Longer than any change can be taken back: `expiresAt` of the change decides. */
const REVERT_LIFETIME = 80 * HOUR;

/** The link that confirms a change, to the new address. An address that has an account gets none. */
export const confirmEmailChangeMail: MailTemplate = {
  kind: 'confirm-email-change',
  texts: {
    en: `Confirm your new e-mail address

Somebody asked to change the address of an account from {oldAddress} to {newAddress}.

If this is your account, confirm the change with this link within {minutes} minutes. It works once; until then the account keeps its old address.

[Confirm the new address]({link})

If you did not request this, ignore this mail: nothing changes.`,
    fr: `Confirmez votre nouvelle adresse e-mail

Le compte dont l’adresse est {oldAddress} doit désormais utiliser l’adresse {newAddress}.

S’il s’agit de votre compte, confirmez-le avec ce lien dans les {minutes} minutes. Il ne fonctionne qu’une fois ; d’ici là, l’ancienne adresse reste valable.

[Confirmer la nouvelle adresse]({link})

Si vous n’êtes pas à l’origine de cette demande, ignorez ce message : rien ne change.`,
    de: `Neue E-Mail-Adresse bestätigen

Das Konto mit der Adresse {oldAddress} soll künftig die Adresse {newAddress} haben.

Wenn das Ihr Konto ist, bestätigen Sie es innerhalb von {minutes} Minuten mit diesem Link. Er funktioniert einmal; bis dahin gilt die alte Adresse.

[Neue Adresse bestätigen]({link})

Wenn Sie das nicht angefordert haben, ignorieren Sie diese Mail: Es ändert sich nichts.`,
  },
  async prepare(mail, scope) {
    const { em, clock, options } = scope;
    if (clock.now().getTime() >= mail.createdAt.getTime() + CONFIRM_LIFETIME) return undefined;
    const change = await changeOf(mail, scope);
    if (!change || !(await canConfirm(change, scope))) return undefined;

    const { id: changeId, user, oldEmail, newEmail } = change;
    const token = await new Tokens(em, clock).issue('confirm-email-change', {
      user,
      lifetime: CONFIRM_LIFETIME,
      data: { changeId },
      mailId: mail.id,
    });
    await em.flush();
    const values = {
      link: `${options.appUrl}/confirm-email?token=${token}`,
      minutes: String(CONFIRM_LIFETIME / MINUTE),
      oldAddress: maskedAddress(oldEmail),
      newAddress: newEmail,
    };
    return { to: newEmail, locale: user.locale, values };
  },
};

/** Announces a requested change to the old address, with the link that cancels it or takes it back. */
export const emailChangeRequestedMail = revertibleNotice('email-change-requested', {
  en: `A change of your e-mail address was requested

On {at} a device that is signed in to your account requested that its address be changed from {oldAddress} to {newAddress}. The change takes effect when it is confirmed from the new mailbox.

If this was you, there is nothing else to do here. If no link arrives at the new address, that address may already belong to another account.

If this was not you, stop the change with this link. It works until {until}, also when the change has taken effect by then. You are then signed out everywhere, and you receive a link to set a new password.

[This was not me]({link})`,
  fr: `Un changement de votre adresse e-mail a été demandé

Le {at}, un appareil connecté à votre compte a demandé de remplacer l’adresse {oldAddress} par {newAddress}. Le changement prendra effet dès qu’il sera confirmé depuis la nouvelle boîte.

Si c’était vous, vous n’avez rien d’autre à faire ici. Si aucun lien n’arrive à la nouvelle adresse, elle appartient peut-être déjà à un autre compte.

Si ce n’était pas vous, empêchez ce changement avec ce lien. Il fonctionne jusqu’au {until}, même si le changement a déjà pris effet. Vous serez alors déconnecté partout et recevrez un lien pour choisir un nouveau mot de passe.

[Ce n’était pas moi]({link})`,
  de: `Eine Änderung Ihrer E-Mail-Adresse wurde angefordert

Am {at} hat ein in Ihrem Konto angemeldetes Gerät angefordert, die Adresse von {oldAddress} in {newAddress} zu ändern. Die Änderung gilt, sobald sie aus dem neuen Postfach bestätigt wird.

Wenn Sie das waren, ist hier nichts weiter zu tun. Kommt an der neuen Adresse kein Link an, gehört sie möglicherweise schon zu einem anderen Konto.

Wenn Sie das nicht waren, verhindern Sie die Änderung mit diesem Link. Er funktioniert bis zum {until}, auch wenn die Änderung dann schon gilt. Sie werden dabei überall abgemeldet und erhalten einen Link, mit dem Sie ein neues Passwort festlegen.

[Das war ich nicht]({link})`,
});

/** Tells the old address that a change took effect, with the link that takes it back. */
export const emailChangedMail = revertibleNotice('email-changed', {
  en: `Your e-mail address was changed

On {at} the address of your account was changed from {oldAddress} to {newAddress}. From now on you sign in with the new address, and mails go there.

If this was not you, take the change back with this link. It works until {until}. You are then signed out everywhere, and you receive a link to set a new password.

[Take the change back]({link})`,
  fr: `Votre adresse e-mail a été modifiée

Le {at}, l’adresse de votre compte est passée de {oldAddress} à {newAddress}. Vous vous connectez désormais avec la nouvelle adresse, et les messages y sont envoyés.

Si ce n’était pas vous, annulez ce changement avec ce lien. Il fonctionne jusqu’au {until}. Vous serez alors déconnecté partout et recevrez un lien pour choisir un nouveau mot de passe.

[Annuler le changement]({link})`,
  de: `Ihre E-Mail-Adresse wurde geändert

Am {at} wurde die Adresse Ihres Kontos von {oldAddress} in {newAddress} geändert. Sie melden sich künftig mit der neuen Adresse an, und Mails gehen dorthin.

Wenn Sie das nicht waren, machen Sie die Änderung mit diesem Link rückgängig. Er funktioniert bis zum {until}. Sie werden dabei überall abgemeldet und erhalten einen Link, mit dem Sie ein neues Passwort festlegen.

[Änderung rückgängig machen]({link})`,
});

/** Tells the old address that the change was taken back or cancelled, with a link that sets a new password. */
export const emailChangeRevertedMail: MailTemplate = {
  kind: 'email-change-reverted',
  texts: {
    en: `Your account keeps its e-mail address

On {at} the change of your account’s address to {newAddress} was stopped or taken back with the link from our mail. The address of the account is {oldAddress}. You have been signed out everywhere, and the old password no longer works: whoever requested the change may know it.

Set a new password with this link within {minutes} minutes. It works once. Later, request a password reset for this address.

[Set a new password]({link})

Choose a password that you use nowhere else, and check who else can read your mailbox.`,
    fr: `Votre compte garde son adresse e-mail

Le {at}, le remplacement de l’adresse de votre compte par {newAddress} a été empêché ou annulé avec le lien de notre message. L’adresse du compte est {oldAddress}. Vous avez été déconnecté partout et l’ancien mot de passe ne fonctionne plus : la personne qui a demandé le changement le connaît peut-être.

Choisissez un nouveau mot de passe avec ce lien dans les {minutes} minutes. Il ne fonctionne qu’une fois. Passé ce délai, demandez un nouveau mot de passe pour cette adresse.

[Choisir un nouveau mot de passe]({link})

Prenez un mot de passe que vous n’utilisez nulle part ailleurs et vérifiez qui d’autre peut lire votre boîte.`,
    de: `Ihr Konto behält seine E-Mail-Adresse

Am {at} wurde die Änderung der Adresse Ihres Kontos in {newAddress} mit dem Link aus unserer Mail verhindert oder rückgängig gemacht. Die Adresse des Kontos ist {oldAddress}. Sie wurden überall abgemeldet, und das alte Passwort gilt nicht mehr: Wer die Änderung angefordert hat, kennt es vielleicht.

Legen Sie innerhalb von {minutes} Minuten mit diesem Link ein neues Passwort fest. Er funktioniert einmal. Danach fordern Sie für diese Adresse ein neues Passwort an.

[Neues Passwort festlegen]({link})

Wählen Sie ein Passwort, das Sie nirgends sonst verwenden, und prüfen Sie, wer sonst Ihr Postfach lesen kann.`,
  },
  async prepare(mail, scope) {
    const { em, clock } = scope;
    const { address, createdAt, payload } = mail;
    const user = await new Users(em, clock).findByEmail(address);
    const to = user && mailableAddress(user);
    if (!to || user.disabled) return undefined;
    const link = await passwordResetLink(user, mail, scope);
    await em.flush();
    const addresses = { oldAddress: to, newAddress: String(payload?.newAddress) };
    return { to, locale: user.locale, values: { at: createdAt, ...addresses, ...link } };
  },
};

/** Tells the mailbox that loses the account. */
export const emailRemovedMail = noticeTemplate(
  'email-removed',
  {
    en: `Your account no longer has this e-mail address

On {at} the change of your account’s address to {newAddress} was taken back with the link that we had mailed to the old address, {oldAddress}. The account has that address again, all devices have been signed out, and the password no longer works.

If you had changed the address yourself, somebody else reads the old mailbox. Secure that mailbox at once, then request a password reset for the old address.`,
    fr: `Votre compte n’utilise plus cette adresse e-mail

Le {at}, le remplacement de l’adresse de votre compte par {newAddress} a été annulé avec le lien que nous avions envoyé à l’ancienne adresse, {oldAddress}. Celle-ci est de nouveau valable, toutes les sessions ont été fermées et le mot de passe ne fonctionne plus.

Si vous aviez vous-même changé l’adresse, quelqu’un d’autre lit l’ancienne boîte. Sécurisez-la immédiatement, puis demandez un nouveau mot de passe pour l’ancienne adresse.`,
    de: `Ihr Konto hat diese E-Mail-Adresse nicht mehr

Am {at} wurde die Änderung der Adresse Ihres Kontos in {newAddress} rückgängig gemacht, mit dem Link, den wir an die alte Adresse {oldAddress} geschickt hatten. Diese gilt wieder, alle Geräte wurden abgemeldet, und das Passwort gilt nicht mehr.

Wenn Sie die Adresse selbst geändert hatten, liest jemand anderes das alte Postfach. Sichern Sie es sofort, und fordern Sie dann für die alte Adresse ein neues Passwort an.`,
  },
  ({ address, payload }) => ({ newAddress: address, oldAddress: String(payload?.oldAddress) }),
);

/** A notice to the old address of a change, with a link that takes it back. */
function revertibleNotice(kind: string, texts: MailTexts): MailTemplate {
  return {
    kind,
    texts,
    async prepare(mail, scope) {
      const change = await changeOf(mail, scope);
      if (!change) return undefined;
      const values = await revertValues(change, scope);
      return { to: mail.address, locale: change.user.locale, values: { at: mail.createdAt, ...values } };
    },
  };
}

async function revertValues(
  { id, oldEmail, newEmail, expiresAt }: EmailChange,
  { em, clock, options }: MailScope,
): Promise<MailValues> {
  // Without a user: the thief of an account can change its credentials, and must not end this link.
  const data = { changeId: id };
  const token = await new Tokens(em, clock).issue(REVERT_EMAIL_CHANGE, {
    user: null,
    lifetime: REVERT_LIFETIME,
    data,
  });
  await em.flush();
  return {
    link: `${options.appUrl}/revert-email?token=${token}`,
    oldAddress: oldEmail,
    newAddress: maskedAddress(newEmail),
    until: expiresAt,
  };
}

const changeOf = ({ payload }: QueuedMail, { em, clock }: MailScope): Promise<EmailChange | null> =>
  new EmailChanges(em, clock).find(payload?.changeId);

/** Looked up when the mail is sent, so that a request takes the same time for every address. */
async function canConfirm(change: EmailChange, { em, clock }: MailScope): Promise<boolean> {
  const changes = new EmailChanges(em, clock);
  const canonical = parseEmail(change.newEmail)?.canonical;
  if (canonical === undefined || !(await changes.isPending(change))) return false;
  const holder = await new Users(em, clock).findByEmail(canonical);
  return (holder === null || holder.id === change.user.id) && !(await changes.isReserved(canonical, change.user.id));
}

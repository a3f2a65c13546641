import type { QueuedMail } from '../mail/mail-template.ts';
import type { Options } from '../options.ts';
import { browserName } from './browser-name.ts';
import { noticeTemplate } from './notices.ts';

/** What the owner needs to judge a sign-in, and where to change the password. */
function signInValues({ payload }: QueuedMail, { appUrl }: Options) {
  const { ipAddress = null, userAgent = null } = (payload ?? {}) as Record<string, string | null>;
  return { browser: browserName(userAgent), ipAddress: ipAddress ?? '–', link: appUrl };
}

/** Notifies the owner of an account of a sign-in from a browser that the account has not used before. */
export const newBrowserMail = noticeTemplate(
  'new-browser',
  {
    en: `New sign-in to your account

Somebody, most likely you, signed in to your account from a browser that had not been used for it before.

Time: {at}
Browser: {browser}
IP address: {ipAddress}

If this was you, there is nothing to do.

If it was not, somebody else knows your password. Change it at once; this signs out all other browsers.

[Open your account]({link})`,
    fr: `Nouvelle connexion à votre compte

Quelqu’un, sans doute vous, s’est connecté à votre compte depuis un navigateur qui n’avait encore jamais servi à y accéder.

Date : {at}
Navigateur : {browser}
Adresse IP : {ipAddress}

Si c’était vous, vous n’avez rien à faire.

Sinon, quelqu’un d’autre connaît votre mot de passe. Changez-le immédiatement : tous les autres navigateurs seront déconnectés.

[Ouvrir mon compte]({link})`,
    de: `Neue Anmeldung bei Ihrem Konto

Jemand, wahrscheinlich Sie, hat sich bei Ihrem Konto mit einem Browser angemeldet, der dafür noch nie verwendet wurde.

Zeitpunkt: {at}
Browser: {browser}
IP-Adresse: {ipAddress}

Wenn Sie das waren, müssen Sie nichts tun.

Wenn nicht, kennt jemand anderes Ihr Passwort. Ändern Sie es sofort; dabei werden alle anderen Browser abgemeldet.

[Konto öffnen]({link})`,
  },
  signInValues,
);

/** Notifies the owner of an account of a sign-in that followed many failed ones. */
export const signInAfterFailuresMail = noticeTemplate(
  'sign-in-after-failures',
  {
    en: `Sign-in after many failed attempts

Somebody signed in to your account with the right password, after many attempts with wrong ones.

Time: {at}
Browser: {browser}
IP address: {ipAddress}

If this was you and you had mistyped your password, there is nothing to do.

If only the failed attempts were not yours, somebody is guessing your password. If the sign-in was not yours either, they have found it: change it at once; this signs out all other browsers.

[Open your account]({link})`,
    fr: `Connexion après de nombreux échecs

Quelqu’un s’est connecté à votre compte avec le bon mot de passe, après de nombreuses tentatives avec un mot de passe incorrect.

Date : {at}
Navigateur : {browser}
Adresse IP : {ipAddress}

Si c’était vous et que vous aviez mal saisi votre mot de passe, vous n’avez rien à faire.

Si seules les tentatives échouées ne venaient pas de vous, quelqu’un essaie de deviner votre mot de passe. Si la connexion ne venait pas de vous non plus, il l’a trouvé : changez-le immédiatement, et tous les autres navigateurs seront déconnectés.

[Ouvrir mon compte]({link})`,
    de: `Anmeldung nach vielen Fehlversuchen

Jemand hat sich mit dem richtigen Passwort bei Ihrem Konto angemeldet, nach vielen Versuchen mit einem falschen.

Zeitpunkt: {at}
Browser: {browser}
IP-Adresse: {ipAddress}

Wenn Sie das waren und sich vertippt hatten, müssen Sie nichts tun.

Wenn nur die Fehlversuche nicht von Ihnen stammen, versucht jemand, Ihr Passwort zu erraten. Wenn auch die Anmeldung nicht von Ihnen stammt, hat er es gefunden: Ändern Sie es sofort; dabei werden alle anderen Browser abgemeldet.

[Konto öffnen]({link})`,
  },
  signInValues,
);

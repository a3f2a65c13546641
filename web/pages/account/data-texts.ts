import { defineTexts } from '../../i18n/texts.ts';

/** The texts of the pages that export the user's data and delete the account. */
export const dataTexts = defineTexts(
  {
    // Data
    dataLead: 'Everything that is stored about you, in one file.',
    dataContents: 'What is in it',
    dataProfile: 'your account: name, addresses, language, roles, and when it was created',
    dataSessions: 'your sessions, with browser and IP address',
    dataEvents: 'what happened to your account, and what you did to others as an administrator',
    dataMails: 'pending links and emails to you, and changes of your address',
    dataSecrets: 'Passwords and links themselves are not in it: they are not stored in a readable form.',
    dataFile: 'The file is in JSON, a format that programs can read.',
    dataPrepare: 'Prepare the file',
    dataReady: 'Your file is ready.',
    dataDownload: (size: string) => `Download (${size})`,
    dataIncomplete: 'It contains the newest 10,000 entries of each part; there are more.',

    // Delete
    deleteLead: 'This cannot be undone.',
    deleteWhat: 'What is deleted',
    deleteAccountData: 'your account, with name, address, password and roles',
    deleteSessions: 'all sessions: you are signed out everywhere',
    deleteLinks: 'pending links and emails to you',
    deleteEvents: 'Of events, only what happened and when is kept, with nothing that points to you.',
    deleteAfter: 'An email confirms the deletion. Your address is free at once; a new account with it starts empty.',
    deleteConfirm: 'Your email address, to confirm',
    deleteConfirmHint: (email: string) => `Enter ${email}.`,
    deleteConfirmWrong: 'This is not the address of your account.',
    deleteAccount: 'Delete account',
    deleteLastAdmin:
      'You are the last administrator, so your account cannot be deleted. Make somebody else an administrator first.',
  },
  {
    fr: {
      dataLead: 'Tout ce qui est enregistré à votre sujet, dans un fichier.',
      dataContents: 'Ce qu’il contient',
      dataProfile: 'votre compte : nom, adresses, langue, rôles et date de création',
      dataSessions: 'vos sessions, avec navigateur et adresse IP',
      dataEvents: 'ce qui s’est passé sur votre compte, et vos actions d’administrateur sur d’autres comptes',
      dataMails: 'les liens et e-mails encore en attente, et vos changements d’adresse',
      dataSecrets: 'Les mots de passe et les liens n’y sont pas : ils ne sont pas enregistrés sous une forme lisible.',
      dataFile: 'Le fichier est au format JSON, que des programmes savent lire.',
      dataPrepare: 'Préparer le fichier',
      dataReady: 'Votre fichier est prêt.',
      dataDownload: size => `Télécharger (${size})`,
      dataIncomplete: 'Il contient les 10 000 entrées les plus récentes de chaque partie ; il y en a davantage.',

      deleteLead: 'Cette action est définitive.',
      deleteWhat: 'Ce qui est supprimé',
      deleteAccountData: 'votre compte, avec nom, adresse, mot de passe et rôles',
      deleteSessions: 'toutes les sessions : vous êtes déconnecté partout',
      deleteLinks: 'les liens et e-mails encore en attente',
      deleteEvents: 'Des événements, seules la nature et la date sont conservées, sans rien qui vous désigne.',
      deleteAfter:
        'Un e-mail confirme la suppression. Votre adresse est libre aussitôt ; un nouveau compte avec elle n’hérite de rien.',
      deleteConfirm: 'Votre adresse e-mail, pour confirmer',
      deleteConfirmHint: email => `Saisissez ${email}.`,
      deleteConfirmWrong: 'Ce n’est pas l’adresse de votre compte.',
      deleteAccount: 'Supprimer le compte',
      deleteLastAdmin:
        'Vous êtes le dernier administrateur : votre compte ne peut pas être supprimé. Nommez d’abord un autre administrateur.',
    },
    de: {
      dataLead: 'Alles, was über Sie gespeichert ist, in einer Datei.',
      dataContents: 'Was darin steht',
      dataProfile: 'Ihr Konto: Name, Adressen, Sprache, Rollen und wann es angelegt wurde',
      dataSessions: 'Ihre Sitzungen, mit Browser und IP-Adresse',
      dataEvents: 'was in Ihrem Konto geschehen ist und was Sie als Administrator an anderen Konten geändert haben',
      dataMails: 'ausstehende Links und E-Mails an Sie sowie Änderungen Ihrer Adresse',
      dataSecrets: 'Passwörter und Links selbst stehen nicht darin: Sie sind nicht in lesbarer Form gespeichert.',
      dataFile: 'Die Datei ist im Format JSON, das Programme lesen können.',
      dataPrepare: 'Datei vorbereiten',
      dataReady: 'Ihre Datei ist bereit.',
      dataDownload: size => `Herunterladen (${size})`,
      dataIncomplete: 'Sie enthält die neuesten 10.000 Einträge jedes Teils; es gibt noch mehr.',

      deleteLead: 'Das lässt sich nicht rückgängig machen.',
      deleteWhat: 'Was gelöscht wird',
      deleteAccountData: 'Ihr Konto mit Name, Adresse, Passwort und Rollen',
      deleteSessions: 'alle Sitzungen: Sie werden überall abgemeldet',
      deleteLinks: 'ausstehende Links und E-Mails an Sie',
      deleteEvents: 'Von den Ereignissen bleibt nur, was wann geschah, ohne einen Hinweis auf Sie.',
      deleteAfter:
        'Eine E-Mail bestätigt die Löschung. Ihre Adresse ist sofort frei; ein neues Konto mit ihr übernimmt nichts.',
      deleteConfirm: 'Ihre E-Mail-Adresse, zur Bestätigung',
      deleteConfirmHint: email => `Geben Sie ${email} ein.`,
      deleteConfirmWrong: 'Das ist nicht die Adresse Ihres Kontos.',
      deleteAccount: 'Konto löschen',
      deleteLastAdmin:
        'Sie sind der letzte Administrator. Deshalb lässt sich Ihr Konto nicht löschen. Ernennen Sie zuerst einen weiteren.',
    },
  },
);

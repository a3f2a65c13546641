import { createContext } from 'react';

/** Whether the dialog for the password is open: the form behind it then waits for the user, not for the server. */
export const PasswordDialogOpen = createContext(false);

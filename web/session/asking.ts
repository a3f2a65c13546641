import { createContext } from 'react';

/** Whether a form waits for the person, who confirms the password, and not for the server. */
export const Asking = createContext(false);

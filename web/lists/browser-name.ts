import { browserName } from '../../src/auth/browser-name.ts';
import { useTexts } from '../i18n/language.tsx';
import { listTexts } from './texts.ts';

/** A browser and its system in the words that mails use: `Firefox (Windows)`. */
export function useBrowserName(): (userAgent: string | null) => string {
  const text = useTexts(listTexts);
  return userAgent => (userAgent ? browserName(userAgent) : text.unknownBrowser);
}

import { existsSync } from 'node:fs';
import { type Browser, launch } from 'puppeteer-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** A real browser without a window. CHROMIUM names its program where it is in no usual place. */
export function launchChromium(): Promise<Browser> {
  const executablePath = [process.env.CHROMIUM, ...PLACES].find(place => place && existsSync(place));
  if (!executablePath) throw new Error('no Chromium found; install it, or set CHROMIUM to its path');
  return launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

import { existsSync } from 'node:fs';
import { type Browser, launch } from 'puppeteer-core';

const STANDARD_PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Starts headless Chromium. CHROMIUM sets the path of its executable if it is not in a standard location. */
export function launchChromium(): Promise<Browser> {
  const executablePath = [process.env.CHROMIUM, ...STANDARD_PATHS].find(path => path && existsSync(path));
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

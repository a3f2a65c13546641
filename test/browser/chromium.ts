import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const STANDARD_PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/**
 * Starts headless Chromium with additional `args`. CHROMIUM sets the path of its executable if it is not in a standard
 * location.
 */
export function launchChromium(args: readonly string[] = []): Promise<Browser> {
  const executablePath = [process.env.CHROMIUM, ...STANDARD_PATHS].find(path => path && existsSync(path));
  if (!executablePath) throw new Error('no Chromium found; install it, or set CHROMIUM to its path');
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', ...args],
  });
}

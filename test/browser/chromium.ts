import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const SHELL = '/usr/bin/chromium-headless-shell';
const STANDARD_PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/**
 * Starts headless Chromium with additional `args`: the headless shell if it is installed, which has no window and needs
 * half of the processor time. It lacks what a `complete` browser adds to the engine, such as settings for cookies.
 * CHROMIUM sets the path of the executable if it is not in a standard location.
 */
export function launchChromium(args: readonly string[] = [], { complete = false } = {}): Promise<Browser> {
  const paths = [process.env.CHROMIUM, !complete && SHELL, ...STANDARD_PATHS];
  const executablePath = paths.find(path => path && existsSync(path));
  if (!executablePath) throw new Error('no Chromium found; install it, or set CHROMIUM to its path');
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', ...args],
  });
}

import type { Page, PageScreenshotOptions } from 'playwright-core';

/** Pictures take time and no test looks at them, so they are taken only on request. */
export const SCREENSHOTS = Boolean(process.env.SCREENSHOTS);

export async function screenshot(page: Page, name: string, options: PageScreenshotOptions = {}): Promise<void> {
  if (SCREENSHOTS) await page.screenshot({ ...options, path: `coverage/screenshots/${name}.png` });
}

import type { Browser } from 'playwright-core';
import { launchChromium } from '../../test/browser/chromium.ts';
import { recipeOfOurs } from '../contestants.ts';
import { type Findings, present, ratio, sample } from '../result.ts';
import type { Stage } from '../stage.ts';

/** The sign-in page, and a page of the same server without scripts. */
const PAGES = { 'sign-in page': '/account/sign-in', 'start page, without scripts': '/' };

const READY = { 'sign-in page': 'Sign in', 'start page, without scripts': 'Bienvenue' };

type PageName = keyof typeof PAGES;

/** One visit with an empty cache. */
interface Visit {
  requests: number;
  /** Headers and bodies as they were transferred. */
  kilobytes: number;
  /** From the start of the navigation to the first text, and to the page as it stays. */
  firstPaint: number;
  shown: number;
  /** How long the main thread of the page was busy. */
  mainThread: number;
}

/** A first visit, as the tracing of Chromium sees it. */
export async function measure(stage: Stage): Promise<Findings> {
  const place = await stage.database('sqlite');
  if (!place) throw new Error('SQLite is always there.');
  const { args, env } = recipeOfOurs(place);
  const { url } = await stage.start(args, env);
  const browser = await launchChromium([], { complete: true });
  stage.atEnd(() => browser.close());

  const names = Object.keys(PAGES) as PageName[];
  const visits = new Map(names.map(name => [name, () => visit(browser, url, name)]));
  // The first visits start processes of the browser and compress the files.
  for (const [, first] of visits) await first();
  const seen = await stage.inTurns(visits);

  const rows = [...seen].map(([name, rounds]) => ({
    name,
    cells: {
      requests: sample(rounds.map(each => each.requests)),
      'KB transferred': sample(rounds.map(each => each.kilobytes)),
      'first paint ms': sample(rounds.map(each => each.firstPaint)),
      'shown after ms': sample(rounds.map(each => each.shown)),
      'main thread ms': sample(rounds.map(each => each.mainThread)),
    },
  }));
  const shown = (name: PageName) => seen.get(name)?.map(each => each.shown);
  return {
    tables: [{ title: 'A first visit', columns: Object.keys(rows[0]?.cells ?? {}), rows }],
    ratios: present({ 'sign-in-page/start-page': ratio(shown('sign-in page'), shown('start page, without scripts')) }),
  };
}

async function visit(browser: Browser, url: string, name: PageName): Promise<Visit> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const client = await context.newCDPSession(page);
  await client.send('Network.enable');
  let requests = 0;
  let bytes = 0;
  client.on('Network.loadingFinished', ({ encodedDataLength }) => {
    requests += 1;
    bytes += encodedDataLength;
  });
  await browser.startTracing(page, {
    categories: ['-*', 'blink.user_timing', 'devtools.timeline', 'loading', 'disabled-by-default-devtools.timeline'],
  });
  await page.goto(url + PAGES[name]);
  await page.getByRole('heading', { name: READY[name] }).waitFor();
  const shown: number = await page.evaluate('performance.now()');
  await page.waitForLoadState('networkidle');
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString());
  await context.close();
  return { requests, kilobytes: bytes / 1000, shown, ...timesOf(traceEvents) };
}

/** An event of the trace; times are in microseconds. */
interface TraceEvent {
  name: string;
  pid: number;
  tid: number;
  ts: number;
  dur?: number;
  args: { data?: { navigationId?: string } };
}

function timesOf(events: readonly TraceEvent[]): Pick<Visit, 'firstPaint' | 'mainThread'> {
  const paint = events.findLast(({ name }) => name === 'firstContentfulPaint');
  const navigation = paint?.args.data?.navigationId;
  const started = events.find(({ name, args }) => name === 'navigationStart' && args.data?.navigationId === navigation);
  if (!paint || !started) throw new Error('The trace has no first paint.');
  // The thread that painted is the page's main thread.
  const tasks = events.filter(({ name, pid, tid }) => name === 'RunTask' && pid === paint.pid && tid === paint.tid);
  const busy = tasks.filter(({ ts }) => ts >= started.ts).reduce((sum, { dur = 0 }) => sum + dur, 0);
  return { firstPaint: (paint.ts - started.ts) / 1000, mainThread: busy / 1000 };
}

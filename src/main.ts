import { addressOf, type Config } from './config.ts';
import { end, endOnCrash, STOP_SIGNALS } from './ending.ts';
import { createLog, type Log } from './log.ts';
import { OpenHouse } from './open-house.ts';
import { version } from './package.ts';

/** Runs the stand-alone server until a signal stops it. The process ends with 0 when everything in flight was answered. */
export async function serve(settings: Config): Promise<void> {
  const log = createLog(settings.logLevel);
  const house = new OpenHouse(settings, log);
  const config = await house.listen();
  log.info('listening', { url: addressOf(config), version });

  await house.open(config);
  stopOnSignals(house, log);
  endOnCrash(log);
  log.info('ready', { url: config.publicUrl });
}

function stopOnSignals(house: OpenHouse, log: Log): void {
  let stopping = false;
  const stop = async (signal: NodeJS.Signals) => {
    if (stopping) return end(1, log);
    stopping = true;
    log.info('stopping', { signal });
    const inTime = await house.stop();
    log.info('stopped');
    end(inTime ? 0 : 1, log);
  };
  for (const signal of STOP_SIGNALS) process.on(signal, () => void stop(signal));
}

import { createLog, type Log } from '../core/log.ts';
import { version } from '../core/package.ts';
import { addressOf, type Options } from '../options.ts';
import { AuthServer } from './auth-server.ts';
import { exitOnCrash, exitProcess, STOP_SIGNALS } from './process-exit.ts';

/** Runs the stand-alone server until a signal stops it. The process ends with 0 when everything in flight was answered. */
export async function serve(options: Options): Promise<void> {
  const log = createLog(options.logLevel);
  const house = new AuthServer(options, log);
  const bound = await house.listen();
  log.info('listening', { url: addressOf(bound), version });

  await house.open(bound);
  stopOnSignals(house, log);
  exitOnCrash(log);
  log.info('ready', { url: bound.publicUrl });
}

function stopOnSignals(house: AuthServer, log: Log): void {
  let stopping = false;
  const stop = async (signal: NodeJS.Signals) => {
    if (stopping) return void exitProcess(1, log);
    stopping = true;
    log.info('stopping', { signal });
    const inTime = await house.stop();
    log.info('stopped');
    await exitProcess(inTime ? 0 : 1, log);
  };
  for (const signal of STOP_SIGNALS) process.on(signal, () => void stop(signal));
}

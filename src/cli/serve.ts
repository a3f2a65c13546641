import { readSettings } from '../server/environment.ts';
import { type Command, UsageError } from './command.ts';
import { leanStart } from './young-generation.ts';

export const serveCommand: Command = async words => {
  if (words.length > 0) throw new UsageError('serve takes no words');
  const settings = readSettings();
  // Who only looks after workers loads nothing of the house.
  if (settings.workers > 1) return (await import('../server/cluster/primary.ts')).serveByWorkers(settings);
  await leanStart(async () => (await import('../server/serve.ts')).serve(settings));
  return undefined;
};

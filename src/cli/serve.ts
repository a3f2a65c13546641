import { loadOptions } from '../server/environment.ts';
import { type Command, UsageError } from './command.ts';
import { leanStart } from './young-generation.ts';

export const serveCommand: Command = async words => {
  if (words.length > 0) throw new UsageError('serve takes no words');
  const options = loadOptions();
  // Who only looks after workers loads nothing of the house.
  if (options.workers > 1) return (await import('../server/cluster/primary.ts')).serveByWorkers(options);
  await leanStart(async () => (await import('../server/serve.ts')).serve(options));
  return undefined;
};

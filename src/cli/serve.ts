import { serve } from '../main.ts';
import { type Command, UsageError } from './command.ts';
import { readSettings } from './settings.ts';

export const serveCommand: Command = async words => {
  if (words.length > 0) throw new UsageError('serve takes no words');
  await serve(readSettings());
  return undefined;
};

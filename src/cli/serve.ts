import { serve } from '../main.ts';
import type { Command } from './command.ts';
import { readSettings } from './settings.ts';

export const serveCommand: Command = async () => {
  await serve(readSettings());
  return undefined;
};

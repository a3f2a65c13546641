import { OPTIONS } from '../options.ts';

const rows = Object.entries(OPTIONS).map(([key, { env, shown, description }]) => ({ key, env, shown, description }));

/** The README's table of settings, as Markdown. */
export function optionsTable(): string {
  const cells = rows.map(({ key, env, shown, description }) => [`\`${env}\``, `\`${key}\``, shown, description]);
  return [['environment', '`createAuth`', 'default', 'meaning'], ['---', '---', '---', '---'], ...cells]
    .map(row => `| ${row.join(' | ')} |\n`)
    .join('');
}

/** The settings for `bienvenue --help`: a line for the name and default, a line for the meaning. */
export function optionsHelp(): string {
  return rows
    .map(({ env, shown, description }) => `  ${env} (${shown})\n      ${description}\n`.replaceAll('`', ''))
    .join('');
}

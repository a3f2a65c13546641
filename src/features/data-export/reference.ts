import type { PersonalData } from '../../persistence/personal-data.ts';

/** The tables of exported fields in docs/accounts.md, as Markdown. */
export function personalDataTables(parts: readonly PersonalData[]): string {
  return parts.map(tableOf).join('\n');
}

function tableOf({ name, description, fields }: PersonalData): string {
  const rows = Object.entries<string | { withheld: string }>(fields).map(([field, text]) =>
    typeof text === 'string' ? [`\`${field}\``, text] : [`\`${field}\``, `Not exported. ${text.withheld}`],
  );
  const table = [['field', 'meaning'], ['---', '---'], ...rows].map(row => `| ${row.join(' | ')} |\n`).join('');
  return `### \`${name}\`\n\n${description}\n\n${table}`;
}

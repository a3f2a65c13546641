import * as v from 'valibot';
import { printable, printableJson } from '../core/printable.ts';
import { diagnose, type Report } from '../doctor/doctor.ts';
import type { Finding } from '../doctor/finding.ts';
import { origins as originList } from '../options/schemas.ts';
import { loadOptions } from '../server/environment.ts';
import { type Command, parseArguments, UsageError } from './command.ts';

/** Exit code 1 when there is a fault; warnings alone are 0. */
export const doctorCommand: Command = async args => {
  const { json, origins } = read(args);
  const report = await diagnose(loadOptions, origins);
  process.stdout.write(`${json ? printableJson(report) : describe(report)}\n`);
  return report.status === 'fault' ? 1 : 0;
};

const FLAGS = { json: { type: 'boolean' }, origin: { type: 'string', multiple: true } } as const;

function read(args: string[]): { json: boolean; origins: string[] } {
  const { json = false, origin = [] } = parseArguments({ args, options: FLAGS }).values;
  const { success, output } = v.safeParse(originList, origin);
  if (!success) throw new UsageError('--origin takes an exact origin such as https://app.example.org, without a path');
  return { json, origins: output };
}

/** A line for each finding, and one with the count. */
function describe({ findings }: Report): string {
  const count = (status: Finding['status']) => findings.filter(finding => finding.status === status).length;
  return [
    ...findings.map(line),
    '',
    `${counted(count('fault'), 'fault')}, ${counted(count('warning'), 'warning')}`,
  ].join('\n');
}

const line = ({ status, message, advice }: Finding) =>
  `${status.padEnd('warning'.length)}  ${printable(advice === undefined ? message : `${message} ${advice}`)}`;

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;

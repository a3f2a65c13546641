import { printable } from '../core/printable.ts';
import type { Services } from '../features.ts';
import { type Action, actionCommand, type Input, type Output, quoted } from './action.ts';
import { list } from './user-list.ts';
import { findUser, type ManagedUser, show, userJson } from './user-show.ts';

const create: Action = {
  usage: 'user create [--role ROLE]... [--name NAME] [--json] EMAIL',
  positionals: [1, 1],
  options: { role: { type: 'string', multiple: true }, name: { type: 'string' } },
  migrates: true,
  async run({ admin }, { positionals: [email = ''], values: { role = [], name } }) {
    const created = await admin.createUser({ email, name: name as string, roles: role as string[] });
    // In addition to the mail: the first administrator is often created before a mail server is configured.
    return linkOutput(created, await admin.createPasswordLink(created.id));
  },
};

const resetLink: Action = {
  usage: 'user reset-link [--json] USER',
  positionals: [1, 1],
  async run(services, input) {
    const user = await findUser(services, input);
    return linkOutput(user, await services.admin.createPasswordLink(user.id));
  },
};

/** The link alone on stdout, so that a script can read it. */
function linkOutput(user: ManagedUser, created: { link: string; minutes: string } | null): Output {
  if (created === null)
    throw new Error(`${quoted(user.email)} is disabled; run first: bienvenue user enable ${user.id}`);
  const { link, minutes } = created;
  return {
    json: { user: userJson(user), link },
    text: link,
    note:
      `This link sets the password of ${quoted(user.email)}. It works once, for ${minutes} minutes.\n` +
      'Keep it secret: anyone who has it can take over the account.',
  };
}

const disable: Action = {
  usage: 'user disable [--reason REASON] [--json] USER',
  positionals: [1, 1],
  options: { reason: { type: 'string' } },
  run: changing('disabled', ({ admin }, id, { values }) => admin.disableUser(id, values.reason as string)),
};

const enable: Action = {
  usage: 'user enable [--json] USER',
  positionals: [1, 1],
  run: changing('enabled', ({ admin }, id) => admin.enableUser(id)),
};

const roles: Action = {
  usage: 'user roles [--json] USER [ROLE,ROLE...]',
  positionals: [1, 2],
  async run(services, input) {
    const { id } = await findUser(services, input);
    const [, names] = input.positionals;
    const user = names === undefined ? await services.admin.user(id) : await services.admin.setRoles(id, split(names));
    return { json: userJson(user as ManagedUser), text: user?.roles.join(',') || '(none)' };
  },
};

const split = (names: string) => names.split(',').flatMap(name => name.trim() || []);

const remove: Action = {
  usage: 'user delete --yes [--json] USER',
  positionals: [1, 1],
  options: { yes: { type: 'boolean' } },
  check({ values }) {
    if (values.yes) return;
    throw new Error(
      'user delete deletes the account and everything that belongs to it, for good. To confirm, add --yes to the command.',
    );
  },
  async run(services, input) {
    const user = await findUser(services, input);
    await services.admin.deleteUser(user.id);
    return { json: { deleted: user.id }, text: changedText('deleted', user) };
  },
};

type Change = (services: Services, id: string, input: Input) => Promise<ManagedUser>;

function changing(verb: string, change: Change): Action['run'] {
  return async (services, input) => {
    const { id } = await findUser(services, input);
    const user = await change(services, id, input);
    return { json: userJson(user), text: changedText(verb, user) };
  };
}

const changedText = (verb: string, { id, email }: ManagedUser) => `${verb}: ${printable(email)} (${id})`;

export const userCommand = actionCommand(
  'user',
  new Map([
    ['list', list],
    ['show', show],
    ['create', create],
    ['disable', disable],
    ['enable', enable],
    ['roles', roles],
    ['reset-link', resetLink],
    ['delete', remove],
  ]),
);

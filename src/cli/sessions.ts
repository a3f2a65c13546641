import { type Action, actionCommand } from './action.ts';
import { findUser } from './user-show.ts';

const revoke: Action = {
  usage: 'sessions revoke [--json] USER',
  positionals: [1, 1],
  async run(services, input) {
    const { id } = await findUser(services, input);
    const revoked = await services.admin.revokeSessions(id);
    return { json: { revoked }, text: `revoked: ${revoked} ${revoked === 1 ? 'session' : 'sessions'}` };
  },
};

export const sessionsCommand = actionCommand('sessions', new Map([['revoke', revoke]]));

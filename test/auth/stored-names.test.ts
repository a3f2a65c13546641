import { ada, REGISTER, startApp } from '../support/app.ts';
import { NAUGHTY } from '../support/hostile-values.ts';

describe('each naughty string', () => {
  it('IN-2, LO-2: is stored unchanged as a name, or is refused', async () => {
    const app = await startApp({ env: { BIENVENUE_RATE_LIMITS: 'off' } });
    const taken = new Map<string, string | null>();
    for (const [index, name] of NAUGHTY.entries()) {
      const email = `naughty${index}@example.org`;
      const { data, code } = await app.browser().send(REGISTER, { email, password: ada.password, name });
      expect([name, code]).toEqual([name, data ? undefined : 'BAD_USER_INPUT']);
      if (!data) continue;

      taken.set(email, name || null);
      expect(data.register.user.name).toBe(name || null);
    }
    const lines = app.lines.map(line => JSON.parse(line));
    const stored = new Map((await app.rows('select email, name from users')).map(({ email, name }) => [email, name]));
    await app.close();

    // Only control characters and strings over the length limit are refused.
    const names = NAUGHTY.filter(name => !/\p{Cc}/u.test(name) && [...name].length <= 200);
    expect(taken.size).toBe(names.length);
    expect([...taken].filter(([email, name]) => stored.get(email) !== name)).toEqual([]);
    expect(lines.filter(({ msg }) => msg === 'request completed')).toHaveLength(NAUGHTY.length);
    expect(lines.filter(({ level }) => level !== 'info')).toEqual([]);
  });
});

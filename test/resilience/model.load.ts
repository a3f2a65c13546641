import { startApp, type TestApp } from '../support/app.ts';
import { agreesWithModel } from '../support/model/commands.ts';

describe('whatever two browsers do for longer than anybody watches', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({ env: { BIENVENUE_RATE_LIMITS: 'off' } });
  });
  afterAll(() => app.close());

  it('SE-3, SE-4, SE-5, SE-6, RS-1, RS-2, RS-3, RS-6: sessions and tokens open what the model says, in stories never told before', async () => {
    await agreesWithModel(app, { stories: 500 });
  }, 600_000);
});

import { startApp, type TestApp } from '../support/app.ts';
import { agreesWithModel } from '../support/model/commands.ts';

describe('long random sequences of operations of two browsers', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({ env: { BIENVENUE_RATE_LIMITS: 'off' } });
  });
  afterAll(() => app.close());

  it('SE-3, SE-4, SE-5, SE-6, RS-1, RS-2, RS-3, RS-6: sessions and tokens grant exactly what the model predicts, with a new seed each time', async () => {
    await agreesWithModel(app, { sequences: 500 });
  });
});

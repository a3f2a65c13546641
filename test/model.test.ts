import { startApp, type TestApp } from './support/app.ts';
import { agreesWithModel } from './support/model/commands.ts';

describe('random operations of two browsers', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({ env: { BIENVENUE_RATE_LIMITS: 'off' } });
  });
  afterAll(() => app.close());

  // The same ten sequences each time; `npm run resilience:all` runs five hundred with a random seed.
  it('SE-3, SE-4, SE-5, SE-6, RS-1, RS-2, RS-3, RS-6: sessions and tokens grant exactly what the model predicts', async () => {
    await agreesWithModel(app, { sequences: 10, seed: 20_260_115 });
  });
});

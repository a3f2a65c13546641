import { newPerson, PROFILE, startApp, type TestApp } from '../support/app.ts';

const COUNT = 64;
const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7([0-9a-f]{3})-([89ab][0-9a-f]{3}-[0-9a-f]{12})$/;

describe('the id of an account', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({ env: { BIENVENUE_RATE_LIMITS: 'off' } });
  });
  afterAll(() => app.close());

  it('ID-7: is random, neither sequential nor derived from the address', async () => {
    const ids: string[] = [];
    for (let index = 0; index < COUNT; index++) {
      const { data } = await (await app.register(newPerson())).send(PROFILE);
      ids.push(data.profile.id);
    }

    const random = ids.map(id => (UUID_V7.exec(id) ?? []).slice(1).join('').replace('-', ''));
    expect(new Set(random).size).toBe(COUNT);
    expect(random.filter(text => text.length !== 19)).toEqual([]);
    // Bits 12 and 13 of the random part say which kind of UUID it is. The high bits of a counter would be constant too.
    const valuesOf = (bit: number) => new Set(random.map(text => (BigInt(`0x${text}`) >> BigInt(75 - bit)) & 1n));
    const constant = Array.from({ length: 76 }, (_, bit) => bit).filter(bit => valuesOf(bit).size === 1);
    expect(constant).toEqual([12, 13]);
  });

  it('ID-7: differs for the same address in another installation', async () => {
    const other = await startApp();
    const person = newPerson();
    const [here, there] = [await app.register(person), await other.register(person)];
    const ids = [(await here.send(PROFILE)).data.profile.id, (await there.send(PROFILE)).data.profile.id];
    await other.close();

    expect(new Set(ids).size).toBe(2);
  });
});

// A program without options: createAuth({}) opens data/bienvenue.sqlite in the working directory.
import { createAuth } from 'bienvenue-auth';

const auth = await createAuth({});
const user = await auth.work(({ auth }) =>
  auth.createAccount({ email: 'ada@example.org', password: 'correct horse battery' }),
);
await auth.close();
console.log('createAuth({}):', user.email, Object.keys(user).includes('passwordHash') ? 'with its hash' : '');

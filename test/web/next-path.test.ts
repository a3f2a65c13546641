import { nextPath, signInPath } from '../../web/session/next-path.ts';

describe('the path after signing in', () => {
  it.each(['/account/sessions', '/account/admin/users?search=ada&role=ADMIN', '/', '/reports/2026#may', '/a%20b'])(
    '%s is kept',
    path => {
      expect(nextPath(path)).toBe(path);
    },
  );

  it.each([
    null,
    '',
    'account',
    'https://evil.example/',
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\/evil.example',
    '/\t/evil.example',
    '/\n//evil.example',
    '/.//evil.example',
    '/account/..//evil.example',
    '/%2e//evil.example',
    ' //evil.example',
    'javascript:alert(1)',
    'data:text/html,x',
    '//user:password@evil.example',
  ])('%j leads to the account', path => {
    expect(nextPath(path)).toBe('/account');
  });

  it('survives the way through the sign-in page', () => {
    const path = '/account/admin/users?search=a%26b&role=ADMIN';
    const { searchParams } = new URL(signInPath(path), 'https://here.example');

    expect(nextPath(searchParams.get('next'))).toBe(path);
  });

  it('is not mentioned when it is the usual one', () => {
    expect(signInPath('/account')).toBe('/account/sign-in');
  });
});

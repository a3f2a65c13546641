import { Router, routeFor, type ServerRoute } from '../../src/http/router.ts';

const route = (method: ServerRoute['method'], path: string): ServerRoute => ({ method, path, handle: () => {} });

describe('the router', () => {
  const router = new Router([
    route('GET', '/users'),
    route('POST', '/users'),
    route('GET', '/auth/callback/:provider'),
    route('GET', '/auth/callback/local'),
    route('GET', '/a.b/:one/c/:two'),
    route('GET', '/files/:rest*'),
  ]);

  it('finds an exact path before one with parameters', () => {
    expect(router.match('/auth/callback/local')).toMatchObject({ path: '/auth/callback/local', parameters: {} });
  });

  it('returns the decoded parameters and the path as registered', () => {
    expect(router.match('/auth/callback/git%20hub')).toMatchObject({
      path: '/auth/callback/:provider',
      parameters: { provider: 'git hub' },
    });
    expect(router.match('/a.b/1/c/2')?.parameters).toEqual({ one: '1', two: '2' });
  });

  it('finds a path of any depth below one that ends with an asterisk', () => {
    expect(router.match('/files/a/b%20c')?.parameters).toEqual({ rest: 'a/b c' });
    expect(router.match('/files/')?.parameters).toEqual({ rest: '' });
    expect(router.match('/files')).toBeUndefined();
  });

  it.each([
    '/auth/callback',
    '/auth/callback/',
    '/auth/callback/a/b',
    '/auth/callback/%ff',
    '/axb/1/c/2',
    '/users/',
    '',
  ])('finds nothing at %j', path => {
    expect(router.match(path)).toBeUndefined();
  });

  it('uses the GET route for HEAD, and lists the allowed methods when it refuses another', () => {
    const match = router.match('/users');
    if (!match) throw new Error('no match');

    expect(routeFor(match, 'HEAD').method).toBe('GET');
    expect(routeFor(match, 'POST').method).toBe('POST');
    expect(() => routeFor(match, 'PUT')).toThrow(
      expect.objectContaining({ status: 405, headers: { allow: 'GET, HEAD, POST' } }),
    );
  });
});

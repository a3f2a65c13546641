export const PERSON = { email: 'bench@example.org', password: 'correct horse battery staple' };

export const PROFILE = 'query Profile { profile { id email name } }';
export const REGISTER =
  'mutation ($email: String!, $password: String!) { register(email: $email, password: $password, transport: BEARER) { ... on SignedIn { token } } }';
export const LOGIN =
  'mutation ($email: String!, $password: String!) { login(email: $email, password: $password) { __typename } }';

import type { Demo } from '../demo/demo-file.ts';

export interface ApiClient {
  accessToken: string;
  /** GETs JSON. @throws {Error} with the status and body of a refusal */
  get<T>(path: string): Promise<T>;
  /** POSTs JSON. @throws {Error} with the status and body of a refusal */
  post<T>(path: string, body: object): Promise<T>;
  /** PUTs JSON. @throws {Error} with the status and body of a refusal */
  put<T>(path: string, body: object): Promise<T>;
}

/** Logs in as one of the users of the demonstration. */
export async function logIn(demo: Demo, role: 'fleet' | 'admin' = 'fleet'): Promise<ApiClient> {
  const user = demo.users.find((candidate) => candidate.role === role);
  const login = await fetch(`${demo.apiUrl}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: user?.email, password: user?.password }),
  });
  if (!login.ok) throw new Error(`log-in: ${login.status} ${await login.text()}`);
  const { accessToken } = (await login.json()) as { accessToken: string };
  const request = async (method: string, path: string, body?: object): Promise<never> => {
    const response = await fetch(demo.apiUrl + path, {
      method,
      headers: {
        authorization: `Bearer ${accessToken}`,
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as never;
  };
  return {
    accessToken,
    get: async (path) => await request('GET', path),
    post: async (path, body) => await request('POST', path, body),
    put: async (path, body) => await request('PUT', path, body),
  };
}

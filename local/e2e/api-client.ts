import type { Demo } from '../demo/demo-file.ts';

export interface ApiClient {
  accessToken: string;
  /** GETs JSON. @throws {Error} with the status and body of any other answer than 200 */
  get<T>(path: string): Promise<T>;
  /** POSTs JSON. @throws {Error} with the status and body of a refusal */
  post<T>(path: string, body: object): Promise<T>;
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
  return {
    accessToken,
    async get(path) {
      const response = await fetch(demo.apiUrl + path, {
        headers: { authorization: `Bearer ${accessToken}` },
      });
      if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
      return (await response.json()) as never;
    },
    async post(path, body) {
      const response = await fetch(demo.apiUrl + path, {
        method: 'POST',
        headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      if (!response.ok) throw new Error(`POST ${path}: ${response.status} ${await response.text()}`);
      return (await response.json()) as never;
    },
  };
}

import type { ApiUnderTest, OperatorName } from './api-under-test.ts';

/** Asks a device something over the API; the command's id. */
export async function askDevice(
  api: ApiUnderTest,
  operator: OperatorName,
  deviceId: string,
  { format = 'native', command = 'report' } = {},
): Promise<string> {
  const made = await api.request('POST', `/api/v1/devices/${deviceId}/commands`, {
    token: await api.tokenOf(operator, 'fleet'),
    body: { format, command },
  });
  return made.json.id;
}
